#include "complete.hpp"

#include <algorithm>

#include "fitcalc/architecture.hpp"
#include "fitcalc/catalog.hpp"
#include "fitcalc/serving_catalog.hpp"
#include "fitcalc/text.hpp"
#include "options.hpp"
#include "resolve.hpp"

namespace fitcalc::cli {
namespace {

bool begins_with(std::string_view text, std::string_view beginning) {
    return text.size() >= beginning.size() && same_ignoring_case(text.substr(0, beginning.size()), beginning);
}

const Option* find_option(std::string_view name) {
    const auto found = std::ranges::find_if(
        options(), [&](const Option& option) { return option.long_name() == name || (name.size() == 2 && option.short_name() == name); });
    return found == options().end() ? nullptr : &*found;
}

// What was typed before the cursor, as far as it bears on what follows.
struct Typed {
    const Verb* verb = nullptr;
    bool verb_typed = false;
    std::vector<std::string> operands;
    std::vector<const Option*> given;
    const Option* open = nullptr;  // whose value is next
    bool options_ended = false;
    RawArgs args;  // --catalog and --engine
};

void take_value(const Option& option, std::string_view value, Typed& typed) {
    if (option.long_name() == "--catalog") typed.args.catalog.emplace_back(value);
    if (option.long_name() == "--engine") typed.args.engine = value;
}

Typed read_words(std::span<const std::string> words) {
    Typed typed;
    typed.verb = words.empty() ? nullptr : find_verb(words.front());
    typed.verb_typed = typed.verb != nullptr;
    if (typed.verb) words = words.subspan(1);
    if (!typed.verb) typed.verb = find_verb("fit");
    for (const std::string_view word : words) {
        if (typed.open) {
            take_value(*typed.open, word, typed);
            typed.open = nullptr;
        } else if (typed.options_ended || !word.starts_with('-') || word == "-") {
            typed.operands.emplace_back(word);
        } else if (word == "--") {
            typed.options_ended = true;
        } else if (const Option* option = find_option(word.substr(0, word.find('=')))) {
            typed.given.push_back(option);
            if (const std::size_t equals = word.find('='); equals != std::string_view::npos)
                take_value(*option, word.substr(equals + 1), typed);
            else if (!option->argument.empty())
                typed.open = option;
        }
    }
    return typed;
}

class Offer {
public:
    Offer(const Typed& typed, const World& world) : typed_{typed}, catalog_{load_catalog(typed.args, world).value_or(Catalog{})} {}

    // What may stand where `word` is being typed.
    void at(const std::string& word);
    std::string take() { return files_ ? out_ + ":files\n" : std::move(out_); }

private:
    void add(std::string_view value, std::string_view description = {});
    void names_of_options();
    void operand();
    void values(Values values, const std::vector<std::string_view>& words);
    void models();
    void devices();
    void quants();
    void records();
    template <class Field>
    void distinct(const auto& records, Field field);

    const Typed& typed_;
    Catalog catalog_;
    std::string head_;  // of the word, which stays: "--quant=", "Q4_K_M,", "2x "
    std::string tail_;  // what the candidates begin with
    std::string out_;
    bool files_ = false;
};

void Offer::add(std::string_view value, std::string_view description) {
    if (!begins_with(value, tail_)) return;
    (out_ += head_) += value;
    if (!description.empty()) (out_ += '\t') += description;
    out_ += '\n';
}

void Offer::at(const std::string& word) {
    tail_ = word;
    if (typed_.open) return values(typed_.open->values, words_of(*typed_.open));
    const bool option = word.starts_with('-') && !typed_.options_ended;
    if (!option) return operand();
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) return names_of_options();
    const Option* named = find_option(word.substr(0, equals));
    if (!named || named->argument.empty()) return;
    head_ = word.substr(0, equals + 1);
    tail_ = word.substr(equals + 1);
    values(named->values, words_of(*named));
}

void Offer::names_of_options() {
    for (const Option& option : options()) {
        const bool repeatable = std::holds_alternative<std::vector<std::string> RawArgs::*>(option.target);
        const bool again = std::ranges::find(typed_.given, &option) != typed_.given.end() && !repeatable;
        if (again || !takes(*typed_.verb, option)) continue;
        add(option.long_name(), option.help);
        if (tail_ == "-" && !option.short_name().empty()) add(option.short_name(), option.help);
    }
}

void Offer::operand() {
    if (!typed_.verb_typed && typed_.operands.empty() && typed_.given.empty())
        for (const Verb& verb : verbs()) add(verb.name, verb.help);
    const bool first = typed_.operands.empty();
    values(first ? typed_.verb->first : typed_.verb->others, words_among(typed_.verb->words));
}

// Lists ("Q4_K_M,Q6_K"): what is being typed is the last item.
void begin_item(std::string& head, std::string& tail) {
    const std::size_t comma = tail.rfind(',');
    if (comma == std::string::npos) return;
    head += tail.substr(0, comma + 1);
    tail.erase(0, comma + 1);
}

void Offer::values(Values values, const std::vector<std::string_view>& words) {
    switch (values) {
        case Values::free: break;
        case Values::words:
            for (const std::string_view word : words) add(word);
            break;
        case Values::files: files_ = true; break;
        case Values::models: models(); break;
        case Values::devices: devices(); break;
        case Values::quants: quants(); break;
        case Values::engines:
            for (const EngineRecord* engine : catalog_.engines()) add(engine->name);
            break;
        case Values::families: distinct(catalog_.models(), [](const ModelRecord& m) { return m.family; }); break;
        case Values::publishers: distinct(catalog_.models(), [](const ModelRecord& m) { return m.publisher; }); break;
        case Values::vendors: distinct(catalog_.devices(), [](const DeviceRecord& d) { return d.vendor; }); break;
        case Values::kinds:
            distinct(catalog_.devices(), [](const DeviceRecord& d) { return d.kind; });
            distinct(catalog_.devices(), [](const DeviceRecord& d) { return d.device_class; });
            break;
        case Values::records: records(); break;
        case Values::commands:
            for (const Verb& verb : verbs()) add(verb.name, verb.help);
            break;
    }
}

void Offer::models() {
    const std::size_t before = out_.size();
    for (const ModelRecord* model : catalog_.models()) {
        add(model->id, model->name);
        if (tail_.find(':') != std::string::npos)
            for (const std::string_view tag : model->ollama) add(tag, model->name);
        if (tail_.find('/') != std::string::npos && !model->huggingface.empty()) add(model->huggingface, model->name);
    }
    // Files where no name is meant.
    files_ = out_.size() == before || tail_.find_first_of("/.~\\") != std::string::npos;
}

void Offer::devices() {
    begin_item(head_, tail_);
    add("auto", "this machine");
    // "2x rtx-3090", "8xh100"
    const std::size_t digits = std::min(tail_.find_first_not_of("0123456789"), tail_.size());
    if (digits > 0 && digits < tail_.size() && (tail_[digits] | 0x20) == 'x') {
        const std::size_t name = std::min(tail_.find_first_not_of(' ', digits + 1), tail_.size());
        head_ += tail_.substr(0, name);
        tail_.erase(0, name);
    }
    for (const DeviceRecord* device : catalog_.devices())
        if (device->kind != "host") add(device->id, device->name);
}

void Offer::quants() {
    begin_item(head_, tail_);
    const auto engine = catalog_.find_engine(typed_.args.engine);
    if (const ServingEngine* serving = engine ? serving_engine((*engine)->name) : nullptr)
        for (const std::string_view format : serving->formats) add(format);
    else
        for (const QuantRecord* quant : catalog_.quants()) add(quant->name, quant->description);
}

void Offer::records() {
    const std::string& topic = typed_.operands.front();
    if (topic == "models")
        for (const ModelRecord* model : catalog_.models()) add(model->id, model->name);
    if (topic == "gpus")
        for (const DeviceRecord* device : catalog_.devices()) add(device->id, device->name);
    if (topic == "quants")
        for (const QuantRecord* quant : catalog_.quants()) add(quant->name, quant->description);
    if (topic == "engines")
        for (const EngineRecord* engine : catalog_.engines()) add(engine->name);
    if (topic == "architectures")
        for (const Architecture* architecture : architectures_known()) add(architecture->name, architecture->description);
}

// The words that the records have in a field. Spaces in them are written as dashes, which names leave out of account.
template <class Field>
void Offer::distinct(const auto& records, Field field) {
    std::vector<std::string> words;
    for (const auto* record : records) {
        std::string word(field(*record));
        std::ranges::replace(word, ' ', '-');
        if (!word.empty()) words.push_back(std::move(word));
    }
    std::ranges::sort(words);
    words.erase(std::unique(words.begin(), words.end()), words.end());
    for (const std::string& word : words) add(word);
}

}  // namespace

std::string complete(const std::vector<std::string>& words, const World& world) {
    const std::string word = words.empty() || words.front().empty() ? "" : words.front().substr(1);
    const Typed typed = read_words(std::span(words).subspan(words.empty() ? 0 : 1));
    Offer offer{typed, world};
    offer.at(word);
    return offer.take();
}

}  // namespace fitcalc::cli
