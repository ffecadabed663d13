// Sources: llama.cpp de3ff81, src/models/{mamba,mamba2,nemotron-h,qwen3next,qwen35,kimi-k3,kimi-linear,lfm2,rwkv7}.cpp (tensors).
#include "recurrent.hpp"

namespace fitcalc::architectures {
namespace {

struct Adder {
    TensorList& list;
    std::int64_t d;  // embedding length
    std::size_t layer;

    void weight(std::string_view name, Shape shape) const { list.layer_weight(layer, name, shape); }
    void f32(std::string_view name, Shape shape) const { list.layer_f32(layer, name, shape); }

    void operator()(const Mamba& m) const {
        weight("ssm_in.weight", Shape{d, checked_mul(2, m.inner_size)});
        f32("ssm_conv1d.weight", Shape{m.conv_kernel, m.inner_size});
        f32("ssm_conv1d.bias", Shape{m.inner_size});
        weight("ssm_x.weight", Shape{m.inner_size, m.step_b_c_values()});
        weight("ssm_dt.weight", Shape{m.step_rank, m.inner_size});
        f32("ssm_dt.bias", Shape{m.inner_size});
        if (m.norm_weights) {
            f32("ssm_dt_norm.weight", Shape{m.step_rank});
            f32("ssm_b_norm.weight", Shape{m.state_size});
            f32("ssm_c_norm.weight", Shape{m.state_size});
        }
        f32("ssm_a", Shape{m.state_size, m.inner_size});
        f32("ssm_d", Shape{m.inner_size});
        weight("ssm_out.weight", Shape{m.inner_size, d});
    }
    void operator()(const Mamba2& m) const {
        weight("ssm_in.weight", Shape{d, m.projected_values()});
        f32("ssm_conv1d.weight", Shape{m.conv_kernel, m.conv_channels()});
        f32("ssm_conv1d.bias", Shape{m.conv_channels()});
        f32("ssm_dt.bias", Shape{m.heads});
        f32("ssm_a", Shape{1, m.heads});
        f32("ssm_d", Shape{1, m.heads});
        if (m.norm) f32("ssm_norm.weight", Shape{m.inner_size / m.groups, m.groups});
        weight("ssm_out.weight", Shape{m.inner_size, d});
    }
    void operator()(const GatedDeltaNet& g) const {
        weight("attn_qkv.weight", Shape{d, g.conv_channels()});
        weight("attn_gate.weight", Shape{d, g.value_values()});
        f32("ssm_conv1d.weight", Shape{g.conv_kernel, g.conv_channels()});
        f32("ssm_dt.bias", Shape{g.value_heads});
        f32("ssm_a", Shape{g.value_heads});
        if (g.fused_beta_alpha) {
            weight("ssm_ba.weight", Shape{d, checked_mul(2, g.value_heads)});
        } else {
            weight("ssm_beta.weight", Shape{d, g.value_heads});
            weight("ssm_alpha.weight", Shape{d, g.value_heads});
        }
        f32("ssm_norm.weight", Shape{g.head_length});
        weight("ssm_out.weight", Shape{g.value_values(), d});
    }
    void operator()(const KimiDeltaAttention& k) const {
        const std::int64_t inner = k.inner_size();
        for (const char* part : {"q", "k", "v"}) {
            f32("ssm_conv1d_" + std::string(part) + ".weight", Shape{k.conv_kernel, 1, inner});
            weight("attn_" + std::string(part) + ".weight", Shape{d, inner});
        }
        weight("ssm_f_a.weight", Shape{d, k.head_length});
        weight("ssm_f_b.weight", Shape{k.head_length, inner});
        weight("ssm_beta.weight", Shape{d, k.heads});
        f32("ssm_a", k.low_rank_gate ? Shape{1, k.heads} : Shape{k.heads});
        f32("ssm_dt.bias", Shape{inner});
        if (k.low_rank_gate) {
            weight("ssm_g_a.weight", Shape{d, k.head_length});
            weight("ssm_g_b.weight", Shape{k.head_length, inner});
        } else {
            weight("ssm_g.weight", Shape{d, inner});
        }
        f32("ssm_norm.weight", Shape{k.head_length});
        weight("attn_output.weight", Shape{inner, d});
    }
    void operator()(const ShortConvolution& c) const {
        f32("shortconv.conv.weight", Shape{c.kernel, c.channels});
        weight("shortconv.in_proj.weight", Shape{d, checked_mul(3, c.channels)});
        weight("shortconv.out_proj.weight", Shape{c.channels, d});
    }
    void operator()(const Rwkv7& r) const {
        for (const char* name : {"time_mix_ln.weight", "time_mix_ln.bias", "time_mix_w0.weight", "time_mix_a0.weight",
                                 "time_mix_v0.weight", "time_mix_k_k.weight", "time_mix_k_a.weight",
                                 "time_mix_r_k.weight"})
            f32(name, Shape{d});
        f32("time_mix_w1.weight", Shape{d, r.decay_rank});
        f32("time_mix_w2.weight", Shape{r.decay_rank, d});
        weight("time_mix_a1.weight", Shape{d, r.learning_rate_rank});
        weight("time_mix_a2.weight", Shape{r.learning_rate_rank, d});
        // The first layer has no values to mix in; its matrices are there, unused, with another rank.
        const std::int64_t value_rank = r.first ? r.learning_rate_rank : r.value_rank;
        weight("time_mix_v1.weight", Shape{d, value_rank});
        weight("time_mix_v2.weight", Shape{value_rank, d});
        weight("time_mix_g1.weight", Shape{d, r.gate_rank});
        weight("time_mix_g2.weight", Shape{r.gate_rank, d});
        f32("time_mix_lerp_fused.weight", Shape{d, 1, 1, 6});
        for (const char* name : {"time_mix_key.weight", "time_mix_value.weight", "time_mix_receptance.weight",
                                 "time_mix_output.weight"})
            weight(name, Shape{d, d});
    }
};

}  // namespace

Mamba mamba_state(DimensionReader& read, bool norms, bool norm_weights) {
    const Dimensions& dims = read.dims();
    return {read.require("ssm.conv_kernel", dims.ssm_conv_kernel), read.require("ssm.inner_size", dims.ssm_inner_size),
            read.require("ssm.state_size", dims.ssm_state_size),
            read.require("ssm.time_step_rank", dims.ssm_time_step_rank), norms, norm_weights};
}

Mamba2 mamba2_state(DimensionReader& read, bool norm) {
    const Dimensions& dims = read.dims();
    Mamba2 m;
    m.conv_kernel = read.require("ssm.conv_kernel", dims.ssm_conv_kernel);
    m.inner_size = read.require("ssm.inner_size", dims.ssm_inner_size);
    m.state_size = read.require("ssm.state_size", dims.ssm_state_size);
    m.heads = read.require("ssm.time_step_rank", dims.ssm_time_step_rank);
    m.groups = read.require("ssm.group_count", dims.ssm_group_count);
    m.norm = norm;
    if (m.inner_size % m.heads != 0 || m.inner_size % m.groups != 0)
        read.reject("ssm.inner_size " + std::to_string(m.inner_size) + " does not divide into " +
                    std::to_string(m.heads) + " heads and " + std::to_string(m.groups) + " groups");
    return m;
}

GatedDeltaNet gated_delta_net(DimensionReader& read, bool fused_beta_alpha) {
    const Dimensions& dims = read.dims();
    GatedDeltaNet g;
    g.conv_kernel = read.require("ssm.conv_kernel", dims.ssm_conv_kernel);
    g.key_heads = read.require("ssm.group_count", dims.ssm_group_count);
    g.value_heads = read.require("ssm.time_step_rank", dims.ssm_time_step_rank);
    g.head_length = read.require("ssm.state_size", dims.ssm_state_size);
    g.fused_beta_alpha = fused_beta_alpha;
    const std::int64_t inner = read.require("ssm.inner_size", dims.ssm_inner_size);
    if (!read.failed() && (inner != g.value_values() || g.value_heads % g.key_heads != 0))
        read.reject("ssm.inner_size " + std::to_string(inner) + " does not match " + std::to_string(g.value_heads) +
                    " value heads of " + std::to_string(g.head_length) + " on " + std::to_string(g.key_heads) +
                    " key heads");
    return g;
}

KimiDeltaAttention kimi_delta_attention(DimensionReader& read) {
    const Dimensions& dims = read.dims();
    return {read.require("ssm.conv_kernel", dims.ssm_conv_kernel),
            read.require("attention.head_count", dims.head_count, 0), read.require("kda.head_dim", dims.kda_head_dim)};
}

ShortConvolution short_convolution(DimensionReader& read) {
    const Dimensions& dims = read.dims();
    ShortConvolution c{read.require("shortconv.l_cache", dims.shortconv_l_cache),
                       read.require("embedding_length", dims.embedding_length)};
    if (!read.failed() && c.kernel < 2) read.reject("shortconv.l_cache 1 keeps nothing");
    return c;
}

Rwkv7 rwkv7_state(DimensionReader& read, std::size_t layer) {
    const Dimensions& dims = read.dims();
    Rwkv7 r;
    r.embedding_length = read.require("embedding_length", dims.embedding_length);
    r.head_length = read.require("wkv.head_size", dims.wkv_head_size);
    r.token_shifts = dims.token_shift_count.value_or(2);  // llama.cpp's own default
    r.decay_rank = read.require("attention.decay_lora_rank", dims.decay_lora_rank);
    r.learning_rate_rank = read.require("attention.iclr_lora_rank", dims.iclr_lora_rank);
    r.value_rank = read.require("attention.value_residual_mix_lora_rank", dims.value_residual_mix_lora_rank);
    r.gate_rank = read.require("attention.gate_lora_rank", dims.gate_lora_rank);
    r.first = layer == 0;
    if (r.embedding_length % r.head_length != 0)
        read.reject("wkv.head_size " + std::to_string(r.head_length) + " does not divide embedding_length " +
                    std::to_string(r.embedding_length));
    return r;
}

void add_recurrent(TensorList& list, const ModelSpec& model, std::size_t layer, const Recurrent& recurrent) {
    std::visit(Adder{list, model.embedding_length, layer}, recurrent);
}

}  // namespace fitcalc::architectures
