// Names of GPUs whose driver gives none, by PCI id and revision. AMD: libdrm, data/amdgpu.ids, 06675b4f; integrated ones
// and Intel's: the PCI ID list and Mesa's include/pci_ids, by recollection.
#include <array>

#include "pci.hpp"

namespace fitcalc {
namespace {

constexpr std::int64_t any = -1;  // revision

struct Row {
    std::int64_t device, revision;
    KnownGpu gpu;
};

constexpr std::array amd{
    Row{0x66A1, 0x02, {"AMD Instinct MI60 / MI50"}},
    Row{0x66A1, 0x06, {"AMD Radeon Pro VII"}},
    Row{0x66AF, 0xC1, {"AMD Radeon VII"}},
    Row{0x738C, 0x01, {"AMD Instinct MI100"}},
    Row{0x7408, 0x00, {"AMD Instinct MI250X"}},
    Row{0x740C, 0x01, {"AMD Instinct MI250X / MI250"}},
    Row{0x740F, 0x02, {"AMD Instinct MI210"}},
    Row{0x74A0, 0x00, {"AMD Instinct MI300A", true}},
    Row{0x74A1, 0x00, {"AMD Instinct MI300X"}},
    Row{0x74A2, 0x00, {"AMD Instinct MI308X"}},
    Row{0x74A5, 0x00, {"AMD Instinct MI325X"}},
    Row{0x74B5, 0x00, {"AMD Instinct MI300X VF"}},
    Row{0x75A0, 0x00, {"AMD Instinct MI350X"}},
    Row{0x75A3, 0x00, {"AMD Instinct MI355X"}},
    Row{0x687F, any, {"AMD Radeon RX Vega"}},
    Row{0x731F, 0xC1, {"AMD Radeon RX 5700 XT"}},
    Row{0x731F, 0xC4, {"AMD Radeon RX 5700"}},
    Row{0x731F, 0xCA, {"AMD Radeon RX 5600 XT"}},
    Row{0x73A3, 0x00, {"AMD Radeon Pro W6800"}},
    Row{0x73A5, 0xC0, {"AMD Radeon RX 6950 XT"}},
    Row{0x73AF, 0xC0, {"AMD Radeon RX 6900 XT"}},
    Row{0x73BF, 0xC0, {"AMD Radeon RX 6900 XT"}},
    Row{0x73BF, 0xC1, {"AMD Radeon RX 6800 XT"}},
    Row{0x73BF, 0xC3, {"AMD Radeon RX 6800"}},
    Row{0x73DF, 0xC0, {"AMD Radeon RX 6750 XT"}},
    Row{0x73DF, 0xC1, {"AMD Radeon RX 6700 XT"}},
    Row{0x73DF, 0xC5, {"AMD Radeon RX 6700 XT"}},
    Row{0x73DF, 0xDF, {"AMD Radeon RX 6700"}},
    Row{0x73DF, 0xFF, {"AMD Radeon RX 6700"}},
    Row{0x73EF, 0xC1, {"AMD Radeon RX 6650 XT"}},
    Row{0x73FF, 0xC1, {"AMD Radeon RX 6600 XT"}},
    Row{0x73FF, 0xC7, {"AMD Radeon RX 6600"}},
    Row{0x743F, 0xC1, {"AMD Radeon RX 6500 XT"}},
    Row{0x7448, 0x00, {"AMD Radeon Pro W7900"}},
    Row{0x7449, 0x00, {"AMD Radeon Pro W7800 48GB"}},
    Row{0x744A, 0x00, {"AMD Radeon Pro W7900 Dual Slot"}},
    Row{0x744C, 0xC8, {"AMD Radeon RX 7900 XTX"}},
    Row{0x744C, 0xCC, {"AMD Radeon RX 7900 XT"}},
    Row{0x744C, 0xCE, {"AMD Radeon RX 7900 GRE"}},
    Row{0x744C, 0xCF, {"AMD Radeon RX 7900M"}},
    Row{0x745E, 0xCC, {"AMD Radeon Pro W7800"}},
    Row{0x7470, 0x00, {"AMD Radeon Pro W7700"}},
    Row{0x747E, 0xC8, {"AMD Radeon RX 7800 XT"}},
    Row{0x747E, 0xDB, {"AMD Radeon RX 7700"}},
    Row{0x747E, 0xFF, {"AMD Radeon RX 7700 XT"}},
    Row{0x7480, 0x00, {"AMD Radeon Pro W7600"}},
    Row{0x7480, 0xC0, {"AMD Radeon RX 7600 XT"}},
    Row{0x7480, 0xC7, {"AMD Radeon RX 7600M XT"}},
    Row{0x7480, 0xCF, {"AMD Radeon RX 7600"}},
    Row{0x7550, 0xC0, {"AMD Radeon RX 9070 XT"}},
    Row{0x7550, 0xC2, {"AMD Radeon RX 9070 GRE"}},
    Row{0x7550, 0xC3, {"AMD Radeon RX 9070"}},
    Row{0x7551, 0xC0, {"AMD Radeon AI PRO R9700"}},
    Row{0x7551, 0xC8, {"AMD Radeon AI PRO R9600D"}},
    Row{0x7590, 0xC0, {"AMD Radeon RX 9060 XT"}},
    Row{0x7590, 0xC7, {"AMD Radeon RX 9060"}},
    Row{0x1586, any, {"AMD Radeon 8060S", true}},
    Row{0x150E, any, {"AMD Radeon 890M / 880M", true}},
    Row{0x1114, any, {"AMD Radeon 860M / 840M", true}},
    Row{0x15BF, any, {"AMD Radeon 780M / 760M", true}},
    Row{0x15C8, any, {"AMD Radeon 740M", true}},
    Row{0x1900, any, {"AMD Radeon 780M / 760M", true}},
    Row{0x1901, any, {"AMD Radeon 740M", true}},
    Row{0x164E, any, {"AMD Radeon Graphics (Raphael)", true}},
    Row{0x13C0, any, {"AMD Radeon Graphics (Granite Ridge)", true}},
    Row{0x1681, any, {"AMD Radeon 680M / 660M", true}},
    Row{0x163F, any, {"AMD Custom GPU 0405", true}},
    Row{0x1435, any, {"AMD Custom GPU 0932", true}},
    Row{0x1636, any, {"AMD Radeon Graphics (Renoir)", true}},
    Row{0x1638, any, {"AMD Radeon Graphics (Cezanne)", true}},
    Row{0x15E7, any, {"AMD Radeon Graphics (Barcelo)", true}},
    Row{0x164C, any, {"AMD Radeon Graphics (Lucienne)", true}},
    Row{0x1506, any, {"AMD Radeon 610M", true}},
    Row{0x15D8, any, {"AMD Radeon Vega Graphics (Picasso)", true}},
    Row{0x15DD, any, {"AMD Radeon Vega Graphics (Raven Ridge)", true}},
};

constexpr std::array intel{
    Row{0x56A0, any, {"Intel Arc A770"}},         Row{0x56A1, any, {"Intel Arc A750"}},
    Row{0x56A2, any, {"Intel Arc A580"}},         Row{0x56A5, any, {"Intel Arc A380"}},
    Row{0x56A6, any, {"Intel Arc A310"}},         Row{0x5690, any, {"Intel Arc A770M"}},
    Row{0x5691, any, {"Intel Arc A730M"}},        Row{0x5692, any, {"Intel Arc A550M"}},
    Row{0x5693, any, {"Intel Arc A370M"}},        Row{0x5694, any, {"Intel Arc A350M"}},
    Row{0x56B1, any, {"Intel Arc Pro A40/A50"}},  Row{0x56B3, any, {"Intel Arc Pro A60"}},
    Row{0x56C0, any, {"Intel Data Center GPU Flex 170"}},
    Row{0x56C1, any, {"Intel Data Center GPU Flex 140"}},
    Row{0xE20B, any, {"Intel Arc B580"}},         Row{0xE20C, any, {"Intel Arc B570"}},
    Row{0xE211, any, {"Intel Arc Pro B60"}},      Row{0xE212, any, {"Intel Arc Pro B50"}},
    Row{0x64A0, any, {"Intel Arc 140V / 130V", true}},
    Row{0x7D55, any, {"Intel Arc Graphics (Meteor Lake-H)", true}},
    Row{0x7D51, any, {"Intel Arc Graphics (Arrow Lake-H)", true}},
    Row{0x7D67, any, {"Intel Graphics (Arrow Lake-S)", true}},
    Row{0x7D45, any, {"Intel Graphics (Meteor Lake-U)", true}},
    Row{0x46A6, any, {"Intel Iris Xe Graphics (Alder Lake-P)", true}},
    Row{0xA7A0, any, {"Intel Iris Xe Graphics (Raptor Lake-P)", true}},
    Row{0xA780, any, {"Intel UHD Graphics 770 (Raptor Lake-S)", true}},
    Row{0x4680, any, {"Intel UHD Graphics 770 (Alder Lake-S)", true}},
    Row{0x9A49, any, {"Intel Iris Xe Graphics (Tiger Lake)", true}},
    Row{0x3E9B, any, {"Intel UHD Graphics 630 (Coffee Lake)", true}},
};

template <std::size_t size>
std::optional<KnownGpu> look_up(const std::array<Row, size>& rows, const PciDevice& device) {
    for (const Row& row : rows)
        if (row.device == device.device && (row.revision == any || row.revision == device.revision)) return row.gpu;
    return std::nullopt;
}

}  // namespace

std::optional<KnownGpu> known_gpu(const PciDevice& device) {
    if (device.vendor == pci_vendor_amd) return look_up(amd, device);
    if (device.vendor == pci_vendor_intel) return look_up(intel, device);
    return std::nullopt;
}

}  // namespace fitcalc
