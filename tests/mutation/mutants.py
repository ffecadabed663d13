"""What scripts/mutate changes: the mutants of a source file, each by itself or all of them as switches of one text."""

import bisect
import collections
import re

# name in switches.hpp, what it matches, what takes its place
OPERATORS = [
    ("lt", r" < ", " <= "), ("le", r" <= ", " < "), ("gt", r" > ", " >= "), ("ge", r" >= ", " > "),
    ("eq", r" == ", " != "), ("ne", r" != ", " == "),
    ("plus", r" \+ ", " - "), ("minus", r" - ", " + "), ("times", r" \* ", " + "), ("over", r" / ", " * "), ("rest", r" % ", " / "),
    ("add", r" \+= ", " -= "), ("take", r" -= ", " += "),
    ("and", r" && ", " || "), ("or", r" \|\| ", " && "),
    ("truth", r"\btrue\b", "false"), ("truth", r"\bfalse\b", "true"),
    ("checked_sum", r"\bchecked_add\(", "checked_sub("), ("checked_difference", r"\bchecked_sub\(", "checked_add("),
    ("checked_product", r"\bchecked_mul\(", "checked_add("),
    ("most", r"\bstd::max\(", "std::min("), ("least", r"\bstd::min\(", "std::max("),
    ("most_of", r"\bstd::max<", "std::min<"), ("least_of", r"\bstd::min<", "std::max<"),
]
NUMBER = re.compile(r"(?<![\w.'])\d[\d']*(?![\w.'])")
SKIPPED_LINE = re.compile(r"^\s*(#|static_assert|template\b|namespace\b|using\b)")
COMMENTS_AND_TEXTS = re.compile(r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.S)
# A constant that need not be known to the compiler.
CONSTANT = re.compile(r"^(\s*(?:inline |static )*)constexpr (?=[^()]*[={])")


class Mutant:
    """Place `id` among its file's: `text[start:end]`, an operator of that name or a number, becomes `new`."""

    def __init__(self, path, lines, place, id):
        self.path, self.id = path, id
        self.start, self.end, self.new, self.operator = place
        self.line, self.column = position(lines, self.start)
        line = lines.text[lines.starts[self.line - 1]:].split("\n", 1)[0]
        self.before = line.strip()
        self.after = (line[:self.column] + self.new + line[self.column + self.end - self.start:]).strip()

    def apply(self, text):
        return text[:self.start] + self.new + text[self.end:]

    def switch(self):
        return f"{self.path}:{self.id}"

    def key(self):
        return (self.path, self.before, self.after)

    def __str__(self):
        return f"{self.path}:{self.line}: {self.before}\n    became {self.after}"


Lines = collections.namedtuple("Lines", "text starts")


def lines_of(text):
    return Lines(text, [0] + [match.end() for match in re.finditer("\n", text)])


def position(lines, offset):
    """(line, from 1; column, from 0)"""
    line = bisect.bisect_right(lines.starts, offset)
    return line, offset - lines.starts[line - 1]


def code_of(text):
    """The text with comments blank and literals unreadable, as long as it was."""
    return COMMENTS_AND_TEXTS.sub(lambda m: re.sub(r"[^\n]", " " if m[0][0] == "/" else "_", m[0]), text)


def mutants_of(path, text):
    code = code_of(text)
    places = [(match.start(), match.end(), new, name)
              for name, pattern, new in OPERATORS for match in re.finditer(pattern, code)]
    for match in NUMBER.finditer(code):
        value = int(match[0].replace("'", ""))
        places.append((match.start(), match.end(), str(value + 1), "number"))
        if value > 0:
            places.append((match.start(), match.end(), str(value - 1), "number"))
    lines, rows = lines_of(text), text.split("\n")
    mutants = []
    for place in sorted(places):
        if not SKIPPED_LINE.match(rows[position(lines, place[0])[0] - 1]):
            mutants.append(Mutant(path, lines, place, len(mutants)))
    return mutants


# --- all mutants in one text ----------------------------------------------------------------------------------------

OPENING, CLOSING = "([{", ")]}"
ASSIGNMENT = re.compile(r" (?:[-+*/|&^]|<<|>>)?= ")
BOUNDARY = re.compile(ASSIGNMENT.pattern + r"|\b(?:return|throw|case|else)\b")


def ends_operand(code, at, stronger):
    """Whether an operand of && (`stronger`) or || cannot go on over code[at], at the depth of the operator."""
    if code[at] in ",;?" or (code[at] == ":" and "::" not in code[max(0, at - 1):at + 2]):
        return True
    return bool(ASSIGNMENT.match(code, at)) or (stronger and code.startswith(" || ", at))


def bracket(code, at):
    """1 where a bracket opens, -1 where one closes; those of templates have no spaces beside them."""
    c = code[at]
    if c in OPENING:
        return 1
    if c in CLOSING:
        return -1
    if c == "<" and code[at - 1] not in " <" and code[at + 1] not in " <=":
        return 1
    if c == ">" and code[at - 1] not in " -=":
        return -1
    return 0


def left_end(code, at, stronger):
    """Where the left operand of the operator at `at` begins."""
    depth, i, begin = 0, at - 1, 0
    while i >= 0:
        turn = -bracket(code, i)
        depth += turn
        boundary = BOUNDARY.match(code, i) if depth == 0 else None
        if depth < 0 or (depth == 0 and ends_operand(code, i, stronger)) or boundary:
            begin = boundary.end() if boundary else i + 1
            break
        i -= 1
    while code[begin] in " \n|":
        begin += 1
    return begin


def right_end(code, at, stronger):
    """Where the right operand, which begins at `at`, ends: && and || go from left to right."""
    depth, i = 0, at
    while i < len(code):
        turn = bracket(code, i)
        if turn < 0 and depth == 0:
            break
        depth += turn
        if depth == 0 and (ends_operand(code, i, stronger) or code.startswith(" || ", i) or (stronger and code.startswith(" && ", i))):
            break
        i += 1
    return i


def switchable(text, mutants, constant_lines):
    """The text with each of the mutants behind its switch, on the same lines; on `constant_lines` something has to be known
    to the compiler."""
    code = code_of(text)
    space = "fitcalc_mutants::"

    def switch(mutant):
        return f"{mutant.id} + {space}at_run_time" if mutant.line in constant_lines else str(mutant.id)

    # (offset, order among those of one offset, length that is replaced, text)
    edits = []
    numbers = collections.defaultdict(list)
    for m in mutants:
        sign, length = text[m.start:m.end], m.end - m.start
        if m.operator == "number":
            numbers[m.start].append(m)
        elif m.operator in ("and", "or"):
            # (a && b) is (a != f && b != f) != f where f is false, and a || b where it is true; likewise a || b.
            stronger = m.operator == "and"
            flip = f"{space}changed<{switch(m)}>()"
            edits.append((left_end(code, m.start, stronger), 3, 0, "(((!!("))
            edits.append((m.start, 2, length, f") != {flip}){sign}(!!("))
            edits.append((right_end(code, m.end, stronger), 0 if stronger else 1, 0, f") != {flip})) != {flip})"))
        elif m.operator == "truth":
            edits.append((m.start, 4, length, f"{space}truth<{switch(m)}>({sign})"))
        elif m.operator.endswith("_of"):
            edits.append((m.start, 4, length, f"{space}{m.operator}<{switch(m)}, "))
        elif m.new.endswith("("):
            edits.append((m.start, 4, length, f"{space}{m.operator}<{switch(m)}>("))
        else:
            edits.append((m.start, 4, length, f"{sign}{space}{m.operator}<{switch(m)}>{sign}"))
    for start, both in numbers.items():
        sign = text[start:both[0].end]
        value = int(sign.replace("'", ""))
        more = next((switch(m) for m in both if int(m.new) > value), "FITCALC_MUTANT_COUNT")
        less = next((switch(m) for m in both if int(m.new) < value), "-1")
        edits.append((start, 4, len(sign), f"{space}number<{more}, {less}>({sign})"))
    lines = lines_of(text)
    for line in {m.line for m in mutants} - constant_lines:
        match = CONSTANT.match(text[lines.starts[line - 1]:].split("\n", 1)[0])
        if match:
            edits.append((lines.starts[line - 1] + match.end(1), 4, len("constexpr"), "const"))
    for start, _, length, new in sorted(edits, reverse=True, key=lambda e: (e[0], e[1])):
        text = text[:start] + new + text[start + length:]
    return text
