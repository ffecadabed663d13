#include "render/flat.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "render/render.hpp"
#include "render/terminal.hpp"
#include "support/ask.hpp"
#include "support/catch.hpp"
#include "support/sample_report.hpp"

using namespace fitcalc;

namespace {

OutputOptions as(Format format, std::vector<std::string> fields = {}) {
    OutputOptions options;
    options.format = format;
    options.fields = std::move(fields);
    return options;
}

Json rows() {
    return Json::parse(R"([{"name": "a, \"b\"", "n": 12, "list": ["x", "y"], "none": null, "o": {"p.q": 1}},
                           {"name": "tab\there|\nline", "n": 3.5, "list": [], "none": null, "o": {}}])");
}

std::string value(const FitReport& report, const std::string& name) {
    OutputOptions options;
    options.value = name;
    return render_fit(report, options).value();
}

}  // namespace

TEST_CASE("csv quotes what would end a cell", "[render][flat]") {
    CHECK(render_rows(rows(), as(Format::csv)).value() ==
          "name,n,list,none,o\n"
          "\"a, \"\"b\"\"\",12,x;y,,\"{\"\"p.q\"\":1}\"\n"
          "\"tab\there|\nline\",3.5,,,{}\n");
}

TEST_CASE("tsv escapes tabs and line breaks", "[render][flat]") {
    CHECK(render_rows(rows(), as(Format::tsv, {"name", "n"})).value() ==
          "name\tn\na, \"b\"\t12\ntab\\there|\\nline\t3.5\n");
}

TEST_CASE("markdown is a table with its numbers to the right", "[render][flat]") {
    CHECK(render_rows(rows(), as(Format::markdown, {"n", "name"})).value() ==
          "| n | name |\n|---:|---|\n| 12 | a, \"b\" |\n| 3.5 | tab\there\\| line |\n");
}

TEST_CASE("fields choose the columns and their order", "[render][flat]") {
    OutputOptions options = as(Format::csv, {"n", "name", "o.p.q"});
    CHECK(render_rows(rows(), options).value().starts_with("n,name,o.p.q\n12,\"a, \"\"b\"\"\",1\n"));
    options.header = false;
    CHECK(render_rows(rows(), options).value().starts_with("12,"));
    CHECK(render_rows(rows(), as(Format::table, {"n", "list"})).value() == "  n  list\n 12  x;y\n3.5\n");
}

TEST_CASE("an unknown field is an error that names the known ones", "[render][flat]") {
    const auto answer = render_rows(rows(), as(Format::csv, {"n", "nome"}));
    REQUIRE_FALSE(answer);
    CHECK(answer.error() == Error{ErrorKind::usage, "no field 'nome'", "fields: name, n, list, none, o"});
}

TEST_CASE("the rows of a fit are its quantizations", "[render][flat]") {
    CHECK(render_fit(sample_report(), as(Format::csv, {"quant", "total_bytes", "quality_percent"})).value() ==
          "quant,total_bytes,quality_percent\nQ8_0,9800000000,\nQ4_K_M,6273741824,97.65\n");
}

TEST_CASE("a value is found in the estimate, by path, in the settings, in the model", "[render][flat]") {
    const FitReport report = sample_report_on_device();
    CHECK(value(report, "total_bytes") == "6273741824\n");
    CHECK(value(report, "full_context.total_bytes") == "22379869184\n");
    CHECK(value(report, "quants.1.quant") == "Q4_K_M\n");
    CHECK(value(report, "context") == "8192\n");
    CHECK(value(report, "license") == "MIT\n");
    CHECK(value(report, "model.released") == "null\n");
    CHECK(value(report, "recommended_quant") == "Q4_K_M\n");
    CHECK(value(report, "max_context") == "17152\n");
    CHECK(value(report, "verdict") == "great\n");
    CHECK(value(sample_report(), "max_context") == "null\n");
    // Devices that it runs on are none that were asked about.
    const cli::Outcome unasked = test::run_words({"qwen3-8b", "--value", "max_context"});
    CHECK(unasked.out == "null\n");
    CHECK(unasked.status == 0);
    CHECK(test::run_words({"qwen3-8b", "--value", "recommended_quant"}).out == "Q4_K_M\n");
}

TEST_CASE("an unknown value is an error that names the nearest", "[render][flat]") {
    OutputOptions options;
    options.value = "totl_bytes";
    const auto answer = render_fit(sample_report(), options);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().kind == ErrorKind::usage);
    CHECK(answer.error().message == "no field 'totl_bytes'");
    CHECK(answer.error().hint.starts_with("did you mean total_bytes"));
    for (const char* broken : {"estimate.", ".", "quants.99.quant", "quants.x", "devices.99999999999999999999"}) {
        options.value = broken;
        CHECK_FALSE(render_fit(sample_report(), options));
    }
}

TEST_CASE("a value of a list is one line a record", "[render][flat]") {
    const Catalog catalog;
    OutputOptions options;
    options.value = "name";
    ListRequest request;
    request.topic = ListTopic::architectures;
    const auto answer = render_list(build_list_report(request, catalog).value(), options);
    REQUIRE(answer);
    CHECK(std::ranges::count(*answer, '\n') == static_cast<std::ptrdiff_t>(architectures_known().size()));
}

TEST_CASE("no text for people is wider than the terminal", "[render][text]") {
    OutputOptions options;
    for (const bool unicode : {false, true}) {
        options.unicode = unicode;
        for (const auto& report : {sample_report(), sample_report_on_device()}) {
            const std::string text = render_fit(report, options).value() + render_explain(report, options).value();
            std::size_t begin = 0;
            for (auto end = text.find('\n'); end != std::string::npos; begin = end + 1, end = text.find('\n', begin))
                CHECK(display_width(text.substr(begin, end - begin)) <= 80);
            const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
            if (!unicode) CHECK(std::ranges::all_of(text, ascii));
        }
    }
}

TEST_CASE("the verdict is one line with a sign and a word", "[render][text]") {
    FitReport report = sample_report_on_device();
    CHECK(render_verdict(report, {}) ==
          "+ great   Sample 8B, Q4_K_M, 8,192 context needs 6.27 GB; 8GB has 8.10 GB usable: 1.83 GB to spare; "
          "largest context 17,152\n");
    report.verdict = report.placement->verdict = Verdict::no;
    report.placement->shortfall = Bytes{500'000'000};
    CHECK(render_verdict(report, {}) ==
          "x no      Sample 8B, Q4_K_M, 8,192 context needs 6.27 GB; 8GB has 8.10 GB usable: short by 0.50 GB; "
          "a context of 17,152 fits: --ctx 17152\n");
}

TEST_CASE("short names are known where an answer has what they stand for", "[render][flat]") {
    using test::run_words;
    for (const char* name : {"max_context", "recommended_quant", "decode_tokens_per_second"}) {
        INFO(name);
        CHECK(run_words({"qwen3-8b", "--value", name}).status == 0);
        const cli::Outcome grid = run_words({"grid", "qwen3-8b", "--value", name});
        CHECK(grid.status == 2);
        CHECK(grid.out.empty());
        CHECK(grid.err.find(std::string("no field '") + name + "'") != std::string::npos);
    }
}

TEST_CASE("a path with an index leads to one row of any answer", "[render][flat]") {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"qwen3-8b", "--gpu", "24GB"},
                                                  {"plan", "qwen3-8b", "--gpu", "24GB"},
                                                  {"gpus", "qwen3-8b"},
                                                  {"models", "--gpu", "24GB"},
                                                  {"recommend", "--gpu", "24GB"},
                                                  {"grid", "qwen3-8b", "--gpu", "24GB"}}) {
        INFO(words.front());
        const auto answer = test::answer_to(words);
        std::vector<std::string> more = words;
        more.insert(more.end(), {"--value", "devices.0.device"});
        const auto outcome = test::run_words(more);
        CHECK(outcome.status == 0);
        CHECK(outcome.out == answer["devices"][0]["device"].get<std::string>() + "\n");
    }
    CHECK(test::run_words({"gpus", "qwen3-8b", "--value", "devices.1.count"}).out == "1\n");
    CHECK(test::run_words({"models", "--gpu", "24GB", "--value", "models.0.id"}).out ==
          test::answer_to({"models", "--gpu", "24GB"})["models"][0]["id"].get<std::string>() + "\n");
    CHECK(test::run_words({"compare", "qwen3-8b", "qwen3-14b", "--value", "columns.1.id"}).out == "qwen3-14b\n");
    // A field of the rows stays that of every row; one that is nowhere is an error as before.
    const std::string ids = test::run_words({"models", "--gpu", "24GB", "--value", "id"}).out;
    CHECK(std::ranges::count(ids, '\n') > 1);
    const auto beyond = test::run_words({"gpus", "qwen3-8b", "--value", "devices.9999.device"});
    CHECK(beyond.status == 2);
    CHECK(beyond.err.find("fields: device, name") != std::string::npos);
}

TEST_CASE("a markdown cell of a machine format is escaped as any other", "[render][flat]") {
    const Json cell = Json::parse(R"([{"name": "a\\|<b>\nc"}])");
    CHECK(render_rows(cell, as(Format::markdown)).value() == "| name |\n|---|\n| a\\\\\\|\\<b> c |\n");
}
