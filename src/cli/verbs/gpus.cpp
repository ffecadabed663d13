#include "cli/device_words.hpp"
#include "cli/resolve.hpp"
#include "cli/speed_options.hpp"
#include "cli/values.hpp"
#include "cli/verbs/verbs.hpp"
#include "fitcalc/compute.hpp"
#include "render/render.hpp"
#include "report/gpus_report.hpp"

namespace fitcalc::cli {
namespace {

Result<GpusRequest> resolve_gpus(const Question& question) {
    static constexpr Choice<DeviceOrder> orders[] = {
        {"memory", DeviceOrder::memory}, {"count", DeviceOrder::count}, {"price", DeviceOrder::price}, {"speed", DeviceOrder::speed}};
    const RawArgs& args = question.args;
    if (!args.gpu.empty())
        return fail(ErrorKind::usage, "fitcalc gpus looks at all devices, not at one --gpu", "fitcalc MODEL --gpu DEVICE asks about one");
    if (auto ok = require_exact(args); !ok) return tl::unexpected(ok.error());
    RawArgs plain = args;
    plain.check = false;  // its question is about all devices
    auto fit = resolve_fit(plain, question.catalog, question.world);
    if (!fit) return tl::unexpected(fit.error());
    if (auto ok = resolve_speed(args, question.world, *fit); !ok) return tl::unexpected(ok.error());
    GpusRequest request{std::move(*fit), 8, {}, {}, DeviceOrder::memory, !args.check};
    if (!args.max_count.empty()) {
        const auto count = parse_count("--max-count", args.max_count, 1, most_devices);
        if (!count) return tl::unexpected(count.error());
        request.max_count = *count;
    }
    auto vendor = known_vendor(args.vendor, question.catalog);
    if (!vendor) return tl::unexpected(vendor.error());
    request.vendor = std::move(*vendor);
    auto kind = known_kind(args.kind, question.catalog);
    if (!kind) return tl::unexpected(kind.error());
    request.kind = std::move(*kind);
    if (!args.sort.empty()) {
        const auto order = parse_choice("--sort", args.sort, orders);
        if (!order) return tl::unexpected(order.error());
        request.order = *order;
    }
    return request;
}

}  // namespace

Result<Answer> answer_gpus(const Question& question) {
    const auto request = resolve_gpus(question);
    if (!request) return tl::unexpected(request.error());
    const auto report = build_gpus_report(*request);
    if (!report) return tl::unexpected(report.error());
    const bool yes = !report->devices.empty();
    if (question.args.check) return Answer{render_verdict(*report, question.output), yes, report->warnings};
    auto text = render_gpus(*report, question.output);
    if (!text) return tl::unexpected(text.error());
    return Answer{std::move(*text), yes, report->warnings};
}

}  // namespace fitcalc::cli
