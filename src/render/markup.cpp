#include "markup.hpp"

#include <array>

#include "fitcalc/text.hpp"
#include "format.hpp"

namespace fitcalc {
namespace {

// U+FFFE and U+FFFF are no characters of XML.
bool is_noncharacter(std::string_view text) {
    return text.starts_with("\xef\xbf") && text.size() > 2 && static_cast<unsigned char>(text[2]) >= 0xbe;
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = is_noncharacter(text) ? 0 : character_length(text);
        const char c = text.front();
        if (length == 0 || (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == '\x7f')
            out += "\xef\xbf\xbd";
        else if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\'')
            out += "&#39;";
        else
            out += text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out;
}

std::string markdown_cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\\' || c == '|' || c == '<') out += '\\';
        out += c == '\n' || c == '\r' ? ' ' : c;
    }
    return out;
}

std::string_view class_of(Style style) {
    constexpr std::array<std::string_view, 6> names{"", "strong", "faint", "good", "caution", "bad"};  // in the order of Style
    return names[static_cast<std::size_t>(style)];
}

std::string element(std::string_view name, std::string_view text) {
    return formatted("<{}>{}</{}>\n", name, escaped(text), name);
}

std::string html_paragraph(const Cell& lead, std::string_view markup, std::string_view class_name) {
    std::string out = class_name.empty() ? "<p>" : formatted("<p class=\"{}\">", class_name);
    if (const std::size_t end = lead.text.find_last_not_of(' '); end != std::string::npos)
        out += formatted("<span class=\"lead {}\">{}</span> ", class_of(lead.style), escaped(lead.text.substr(0, end + 1)));
    return (out += markup) += "</p>\n";
}

std::string_view style_of_drawings() {
    return R"(.drawing{--ink:#1c2330;--faint:#596273;--line:#c9cfd8;--paper:#fff;--free:#eef1f5;
--weights:#2f6fb7;--cache:#c2571a;--state:#7d4bb0;--compute:#1b857a;--overhead:#6b7482;
--good-ink:#0a5523;--good:#d5f0dc;--caution-ink:#684200;--caution:#fcebc4;--bad-ink:#8a1220;--bad:#fbdde0;
--s0:#2f6fb7;--s1:#c2571a;--s2:#7d4bb0;--s3:#1b857a;--s4:#a0285f;--s5:#5c6b16;--limit:#8a1220}
@media (prefers-color-scheme:dark){.drawing{--ink:#e8ebf0;--faint:#a3adbb;--line:#3d4654;--paper:#14181f;--free:#242b35;
--weights:#6ea8e8;--cache:#f0a060;--state:#bd95ea;--compute:#55c7b8;--overhead:#98a3b3;
--good-ink:#a4ebb9;--good:#173f26;--caution-ink:#f7d58e;--caution:#43330f;--bad-ink:#ffb9c0;--bad:#4d1c23;
--s0:#6ea8e8;--s1:#f0a060;--s2:#bd95ea;--s3:#55c7b8;--s4:#ef88b8;--s5:#bccb6b;--limit:#ff8c98}}
svg.drawing{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums}
svg.drawing text{fill:var(--ink)}svg.drawing .paper{fill:var(--paper)}
svg.drawing text.faint{fill:var(--faint)}svg.drawing text.strong{font-weight:650}svg.drawing text.title{font-size:17px;font-weight:650}
svg.drawing text.good{fill:var(--good-ink)}svg.drawing text.caution{fill:var(--caution-ink)}svg.drawing text.bad{fill:var(--bad-ink)}
svg.drawing rect.good{fill:var(--good)}svg.drawing rect.caution{fill:var(--caution)}svg.drawing rect.bad{fill:var(--bad)}
svg.drawing .weights{fill:var(--weights)}svg.drawing .cache{fill:var(--cache)}svg.drawing .state{fill:var(--state)}
svg.drawing .compute{fill:var(--compute)}svg.drawing .overhead{fill:var(--overhead)}svg.drawing .free{fill:var(--free)}
svg.drawing .grid{stroke:var(--line);stroke-width:1}
svg.drawing .limit{stroke:var(--limit);stroke-width:1.5;stroke-dasharray:6 4}svg.drawing text.limit,svg.drawing text.halo{stroke:var(--paper);stroke-width:4;stroke-linejoin:round;stroke-dasharray:none;paint-order:stroke}
svg.drawing text.limit{fill:var(--limit)}
svg.drawing .cross{stroke:var(--faint);stroke-width:1;stroke-dasharray:2 3}
svg.drawing .curve{fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}svg.drawing .beyond{stroke-dasharray:1 5}
svg.drawing .s0{stroke:var(--s0);color:var(--s0)}svg.drawing .s1{stroke:var(--s1);color:var(--s1)}
svg.drawing .s2{stroke:var(--s2);color:var(--s2)}svg.drawing .s3{stroke:var(--s3);color:var(--s3)}
svg.drawing .s4{stroke:var(--s4);color:var(--s4)}svg.drawing .s5{stroke:var(--s5);color:var(--s5)}
svg.drawing .full{fill:currentColor}svg.drawing .hollow{fill:var(--paper)}
svg.drawing .d0{fill:var(--s0)}svg.drawing .d1{fill:var(--s1)}svg.drawing .d2{fill:var(--s2)}
svg.drawing .d3{fill:var(--s3)}svg.drawing .d4{fill:var(--s4)}svg.drawing .d5{fill:var(--s5)}svg.drawing .host{fill:var(--overhead)}
)";
}

std::string_view style_of_pages() {
    return R"(:root{color-scheme:light dark}*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;
font-variant-numeric:tabular-nums}
main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 3rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem}h2{font-size:1.05rem;margin:1.75rem 0 .5rem}
p{margin:.35rem 0;overflow-wrap:anywhere}p.faint,td.faint,th.faint,footer,figcaption{color:var(--faint)}
.answer{font-size:1.15rem;margin:.75rem 0 1rem}.answer b{font-size:2rem;line-height:1.2;font-weight:700;white-space:nowrap}
.lead{font-weight:650}.lead.good,.lead.caution,.lead.bad,.badge{padding:.1em .5em;border-radius:.4em;white-space:nowrap}
.good{color:var(--good-ink);background:var(--good)}.caution{color:var(--caution-ink);background:var(--caution)}
.bad{color:var(--bad-ink);background:var(--bad)}.strong{font-weight:650}
figure{margin:1.25rem 0}figcaption{font-size:.9rem;margin-bottom:.35rem}svg.drawing{display:block;width:100%;height:auto}
svg.narrow{display:none}
.scroll{overflow-x:auto;margin:.75rem 0}table{border-collapse:separate;border-spacing:0;font-size:.92rem}
th,td{padding:.28rem .6rem;text-align:left;white-space:nowrap;font-weight:inherit;vertical-align:top}
thead th{color:var(--faint);font-weight:600;border-bottom:1px solid var(--line);vertical-align:bottom}thead td{border-bottom:1px solid var(--line)}
td.faint:not(.n){white-space:normal;min-width:15rem}tr.ruled>*{border-top:1px solid var(--line)}th.n,td.n{text-align:right}
tbody th.strong,tbody td.strong{font-weight:650}
td.good,td.caution,td.bad,th.good,th.caution,th.bad{border:1px solid var(--paper);border-radius:.3rem}
.grid tbody th{position:sticky;left:0;background:var(--paper)}
pre{overflow-x:auto;background:var(--free);padding:.75rem 1rem;border-radius:.5rem;font:.85rem/1.5 ui-monospace,"DejaVu Sans Mono",monospace}
@media (max-width:40rem){svg.wide{display:none}svg.narrow{display:block}table{font-size:.82rem}th,td{padding:.25rem .35rem}}
footer{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.75rem;font-size:.85rem}
)";
}

}  // namespace fitcalc
