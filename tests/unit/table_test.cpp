#include "render/table.hpp"

#include "render/page.hpp"
#include "support/catch.hpp"

using namespace fitcalc;

namespace {

Terminal terminal(int width = 80, bool unicode = true, bool color = false) {
    OutputOptions options;
    options.width = width;
    options.unicode = unicode;
    options.color = color;
    return Terminal{options};
}

}  // namespace

TEST_CASE("columns are as wide as their widest cell and lines have no blanks at the end", "[render][table]") {
    Table table{{{"name"}, {"size", Align::right}, {"note"}}};
    table.row({{"a"}, {"1"}, {}});
    table.row({{"longer"}, {"23456"}, {"x"}});
    CHECK(table.text(terminal()) ==
          "name     size  note\n"
          "a           1\n"
          "longer  23456  x\n");
}

TEST_CASE("decimal points stand in one line", "[render][table]") {
    Table table{{{""}, {"GB", Align::decimal}, {""}}, 2};
    table.row({{"a"}, {"404.5"}, {"x"}});
    table.row({{"b"}, {"0.58"}, {"y"}});
    table.row({{"c"}, {"1,342"}, {"z"}});
    CHECK(table.text(terminal()) ==
          "           GB\n"
          "  a    404.5   x\n"
          "  b      0.58  y\n"
          "  c  1,342     z\n");
}

TEST_CASE("widths are columns, not bytes", "[render][table]") {
    CHECK(display_width("8× ★") == 4);
    CHECK(display_width("模型") == 4);
    CHECK(display_width("e\u0301") == 1);
    CHECK(display_width("\xff\xfe") == 2);  // broken UTF-8 is shown somehow
    CHECK(fitting_prefix("a模型", 2) == "a");

    Table table{{{""}, {""}}};
    table.row({{"模型"}, {"x"}});
    table.row({{"a"}, {"y"}});
    CHECK(table.text(terminal()) == "模型  x\na     y\n");
}

TEST_CASE("signs are replaced before columns are measured", "[render][table]") {
    Table table{{{""}, {""}}};
    table.row({{"± 1"}, {"·"}});
    table.row({{"abcde"}, {"★"}});
    CHECK(table.text(terminal(80, false)) == "+/- 1  |\nabcde  *\n");
}

TEST_CASE("colour does not move a column", "[render][table]") {
    Table table{{{""}, {"", Align::right}}};
    table.row({{"a", Style::bad}, {"1", Style::good}});
    table.row({{"bcd"}, {"23"}});
    CHECK(table.text(terminal(80, true, true)) == "\x1b[31ma\x1b[0m     \x1b[32m1\x1b[0m\nbcd  23\n");
}

TEST_CASE("a narrow terminal cuts first, then loses what is most expendable", "[render][table]") {
    Table table{{{"id"}, {"text", Align::left, 2, 6}, {"more", Align::left, 1}}};
    table.row({{"abcdefghijkl"}, {"0123456789"}, {"mnopqr"}});
    CHECK(table.text(terminal(32)) == "id            text        more\nabcdefghijkl  0123456789  mnopqr\n");
    CHECK(table.text(terminal(30)) == "id            text      more\nabcdefghijkl  0123456…  mnopqr\n");
    CHECK(table.text(terminal(30, false)) == "id            text      more\nabcdefghijkl  01234...  mnopqr\n");
    CHECK(table.text(terminal(26)) == "id            more\nabcdefghijkl  mnopqr\n");
    CHECK(table.text(terminal(20)) == "id            more\nabcdefghijkl  mnopqr\n");
}

TEST_CASE("titles are stacked where that saves a column", "[render][table]") {
    Table table{{{"identity"}, {"needs GB", Align::right}, {"more", Align::left, 1}}};
    table.row({{"a"}, {"12.3"}, {"b"}});
    CHECK(table.text(terminal(24)) == "identity  needs GB  more\na             12.3  b\n");
    CHECK(table.text(terminal(23)) == "          needs\nidentity     GB  more\na          12.3  b\n");
    CHECK(table.text(terminal(20)) == "identity  needs GB\na             12.3\n");
}

TEST_CASE("text that may be folded is, before anything is cut or lost", "[render][table]") {
    Table table{{{"identity"}, {"note", Align::left, 0, 0, 5}, {"more", Align::left, 1}}};
    table.row({{"a"}, {"one two three"}, {"b"}});
    table.row({{"c"}, {"four"}, {"d"}});
    CHECK(table.text(terminal(24)) ==
          "identity  note     more\n"
          "a         one two  b\n"
          "          three\n"
          "c         four     d\n");
    CHECK(table.text(terminal(20)) ==
          "identity  note\n"
          "a         one\n"
          "          two\n"
          "          three\n"
          "c         four\n");
}

TEST_CASE("on a terminal that is far too narrow what may be cut is cut further", "[render][table]") {
    Table table{{{"id", Align::left, 0, 30}, {"n"}}};
    table.row({{"abcdefghijklmnopqrstuvwxyz"}, {"1"}});
    CHECK(table.text(terminal(29)) == "id                          n\nabcdefghijklmnopqrstuvwxyz  1\n");
    CHECK(table.text(terminal(20)) == "id                 n\nabcdefghijklmnop…  1\n");
}

TEST_CASE("a rule spans the columns that it is under", "[render][table]") {
    Table table{{{""}, {"", Align::right}, {""}}, 1};
    table.row({{"ab"}, {"1"}, {"long note"}});
    table.rule(2);
    CHECK(table.text(terminal(80, false)) == " ab  1  long note\n -----\n");
}

TEST_CASE("a bar that is not zero is never invisible", "[render][terminal]") {
    CHECK(terminal().bar(0, 100, 10).empty());
    CHECK(terminal().bar(0.001, 100, 10) == "▏");
    CHECK(terminal().bar(100, 100, 3) == "███");
    CHECK(terminal().bar(50, 100, 3) == "█▌");
    CHECK(terminal(80, false).bar(0.001, 100, 10) == "#");
    CHECK(terminal(80, false).bar(50, 100, 10) == "#####");
}

TEST_CASE("paragraphs wrap between words and below their lead", "[render][page]") {
    Page page{terminal(20)};
    page.led_paragraph({"✓ yes "}, "one two three four five");
    CHECK(page.take() == "✓ yes one two three\n      four five\n");

    Page list{terminal(20)};
    list.items({"first item", "second", "third item"}, " · ");
    CHECK(list.take() == "first item · second\nthird item\n");

    Page commas{terminal(20)};
    commas.items({"first item", "second", "third item"}, ", ");
    CHECK(commas.take() == "first item, second,\nthird item\n");

    Page heading{terminal(20)};
    heading.heading("one two three four five");
    CHECK(heading.take() == "one two three four\nfive\n");
}

TEST_CASE("a rule is as long as what is left of the columns above it", "[render][table]") {
    Table table{{{""}, {"", Align::left, 1}, {""}, {"", Align::left, 2}}};
    table.row({{"abcdefghij"}, {"klmnopqrst"}, {"uv"}, {"note"}});
    table.rule(3);
    CHECK(table.text(terminal(80)) == "abcdefghij  klmnopqrst  uv  note\n──────────────────────────\n");
    CHECK(table.text(terminal(26)) == "abcdefghij  klmnopqrst  uv\n──────────────────────────\n");
    CHECK(table.text(terminal(20)) == "abcdefghij  uv\n──────────────\n");
}

TEST_CASE("nothing in a cell ends it in markdown, or is taken for markup", "[render][table]") {
    Table table{{{"a|b"}, {""}}};
    table.row({{"c\\|<d>"}, {"ef"}});
    CHECK(table.markdown(Terminal::document()) == "| a\\|b |  |\n|---|---|\n| c\\\\\\|\\<d> | ef |\n");
}
