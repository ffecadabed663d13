// What a user of the installed library writes: no include path, no flag, no library but fitcalc::core.
#include <fitcalc/ggml_type.hpp>

int main() {
    using namespace fitcalc;
    return bytes_of(GgmlType::q8_0, 32) == 34_B ? 0 : 1;
}
