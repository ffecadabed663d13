#include "fitcalc/checkpoint.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace fitcalc {
namespace {

// A matrix of a layer: its name in the converted file, in checkpoints, and what it is.
struct Naming {
    std::string_view tensor;
    std::string_view module;
    ModuleKind kind;
    Division division;
};

constexpr auto whole = Division::whole;
constexpr auto linear = ModuleKind::linear;

// Divisions: vLLM 0.27, vllm/model_executor/models (ColumnParallelLinear, RowParallelLinear, ReplicatedLinear, FusedMoE).
constexpr auto namings = std::to_array<Naming>({
    {"attn_q", "self_attn.q_proj", linear, Division::outputs},
    {"attn_k", "self_attn.k_proj", linear, Division::kv_outputs},
    {"attn_v", "self_attn.v_proj", linear, Division::kv_outputs},
    {"attn_qkv", "self_attn.qkv_proj", linear, Division::outputs},
    {"attn_output", "self_attn.o_proj", linear, Division::inputs},
    {"attn_q_a", "self_attn.q_a_proj", linear, whole},
    {"attn_q_b", "self_attn.q_b_proj", linear, Division::outputs},
    {"attn_kv_a_mqa", "self_attn.kv_a_proj_with_mqa", linear, whole},
    {"attn_kv_b", "self_attn.kv_b_proj", linear, Division::outputs},
    {"attn_gate", "self_attn.g_proj", linear, Division::outputs},
    {"indexer.attn_k", "self_attn.indexer.wk", linear, whole},
    {"indexer.attn_q_b", "self_attn.indexer.wq_b", linear, whole},
    {"indexer.proj", "self_attn.indexer.weights_proj", ModuleKind::narrow, whole},
    {"ffn_gate", "mlp.gate_proj", linear, Division::outputs},
    {"ffn_up", "mlp.up_proj", linear, Division::outputs},
    {"ffn_down", "mlp.down_proj", linear, Division::inputs},
    {"ffn_gate_shexp", "mlp.shared_experts.gate_proj", linear, Division::outputs},
    {"ffn_up_shexp", "mlp.shared_experts.up_proj", linear, Division::outputs},
    {"ffn_down_shexp", "mlp.shared_experts.down_proj", linear, Division::inputs},
    {"ffn_gate_exps", "mlp.experts.0.gate_proj", linear, Division::experts_outputs},
    {"ffn_up_exps", "mlp.experts.0.up_proj", linear, Division::experts_outputs},
    {"ffn_gate_up_exps", "mlp.experts.0.gate_up_proj", linear, Division::experts_outputs},
    {"ffn_down_exps", "mlp.experts.0.down_proj", linear, Division::experts_inputs},
    {"ffn_gate_inp", "mlp.gate", ModuleKind::router, whole},
    {"ffn_gate_inp_shexp", "mlp.shared_expert_gate", ModuleKind::router, whole},
    {"ffn_latent_down", "mlp.fc1_latent_proj", linear, whole},
    {"ffn_latent_up", "mlp.fc2_latent_proj", linear, whole},
    {"ssm_in", "mixer.in_proj", linear, Division::outputs},
    {"ssm_out", "linear_attn.out_proj", linear, Division::inputs},
    {"ssm_ba", "linear_attn.in_proj_ba", ModuleKind::narrow, Division::outputs},
    {"ssm_beta", "linear_attn.in_proj_b", ModuleKind::narrow, Division::outputs},
    {"ssm_alpha", "linear_attn.in_proj_a", ModuleKind::narrow, Division::outputs},
    {"ssm_x", "mixer.x_proj", linear, Division::inputs},
    {"ssm_dt", "mixer.dt_proj", linear, Division::outputs},
    {"ssm_conv1d", "linear_attn.conv1d", ModuleKind::values, Division::outputs},
    {"ssm_a", "linear_attn.A_log", ModuleKind::values, Division::outputs},
    {"ssm_d", "mixer.D", ModuleKind::values, Division::outputs},
    {"shortconv.in_proj", "conv.in_proj", linear, Division::outputs},
    {"shortconv.out_proj", "conv.out_proj", linear, Division::inputs},
    {"shortconv.conv", "conv.conv", ModuleKind::values, Division::outputs},
    {"inp_gate", "per_layer_input_gate", linear, whole},
    {"proj", "per_layer_projection", linear, whole},
    {"laurel_l", "laurel.linear_left", linear, whole},
    {"laurel_r", "laurel.linear_right", linear, whole},
    {"nextn.eh_proj", "eh_proj", linear, whole},
    {"nextn.embed_tokens", "embed_tokens", ModuleKind::embedding, Division::vocabulary},
    {"nextn.shared_head_head", "shared_head.head", ModuleKind::head, Division::vocabulary},
});

// What linear attention calls attention's tensors.
constexpr auto in_delta_nets = std::to_array<Naming>({
    {"attn_qkv", "linear_attn.in_proj_qkv", linear, Division::outputs},
    {"attn_gate", "linear_attn.in_proj_z", linear, Division::outputs},
});

constexpr auto outside_layers = std::to_array<Naming>({
    {"token_embd", "model.embed_tokens", ModuleKind::embedding, Division::vocabulary},
    {"output", "lm_head", ModuleKind::head, Division::vocabulary},
    {"position_embd", "model.embed_positions", ModuleKind::values, whole},
    {"per_layer_token_embd", "model.embed_tokens_per_layer", ModuleKind::embedding, Division::vocabulary},
    {"per_layer_model_proj", "model.per_layer_model_projection", linear, whole},
    {"altup_proj", "model.altup_projections", linear, whole},
    {"altup_unembd_proj", "model.altup_unembed_projections", linear, whole},
});

// Tables that the conversion writes and checkpoints don't hold.
constexpr auto computed_tables = std::to_array<std::string_view>({"rope_freqs", "rope_factors_long", "rope_factors_short"});

template <std::size_t N>
const Naming* find(const std::array<Naming, N>& table, std::string_view name) {
    const auto found = std::ranges::find(table, name, &Naming::tensor);
    return found == table.end() ? nullptr : &*found;
}

// A tensor's name without its layer and without what is said of it at the end.
struct PlainName {
    std::string_view name;
    bool weight = false;  // ends in ".weight" or in nothing; otherwise a bias or a scale
};

PlainName plain_name(const Tensor& tensor) {
    const std::string_view name = tensor.name.in_layer();
    constexpr std::string_view weight = ".weight", bias = ".bias", scale = ".scale";
    if (name.ends_with(weight)) return {name.substr(0, name.size() - weight.size()), true};
    if (name.ends_with(bias)) return {name.substr(0, name.size() - bias.size()), false};
    if (name.ends_with(scale)) return {name.substr(0, name.size() - scale.size()), false};
    return {name, true};
}

class Reader {
public:
    explicit Reader(const ModelSpec& model) : model_{model} {}

    void add(const Tensor& tensor) {
        const PlainName plain = plain_name(tensor);
        if (std::ranges::find(computed_tables, plain.name) != computed_tables.end()) return;
        if (plain.name == "attn_k_b" || plain.name == "attn_v_b") return add_latent_half(tensor);
        const Naming* naming = naming_of(tensor, plain.name);
        if (!naming || !plain.weight) return add_values(tensor, naming);
        if (naming->kind == ModuleKind::values) return add_values(tensor, naming);
        if (plain.name == "attn_qkv" && full_attention(tensor)) return add_fused_attention(tensor);
        CheckpointModule module = described(tensor, *naming);
        module.inputs = tensor.shape.ne[0];
        module.outputs = tensor.shape.ne[1];
        module.copies = checked_mul(tensor.shape.ne[2], tensor.shape.ne[3]);
        out_.push_back(std::move(module));
    }

    std::vector<CheckpointModule> take() { return std::move(out_); }

private:
    const LayerSpec* layer_of(const Tensor& tensor) const {
        return tensor.layer ? &model_.layers[static_cast<std::size_t>(*tensor.layer)] : nullptr;
    }

    const FullAttention* full_attention(const Tensor& tensor) const {
        const LayerSpec* layer = layer_of(tensor);
        return layer ? std::get_if<FullAttention>(&layer->attention) : nullptr;
    }

    const Naming* naming_of(const Tensor& tensor, std::string_view plain) const {
        const LayerSpec* layer = layer_of(tensor);
        if (!layer) return find(outside_layers, plain);
        if (layer->recurrent && std::holds_alternative<GatedDeltaNet>(*layer->recurrent))
            if (const Naming* own = find(in_delta_nets, plain)) return own;
        return find(namings, plain);
    }

    CheckpointModule described(const Tensor& tensor, const Naming& naming) const {
        CheckpointModule module;
        module.layer = tensor.layer;
        module.name = tensor.layer ? "model.layers." + std::to_string(*tensor.layer) + "." : "";
        module.name += naming.module;
        module.kind = naming.kind;
        module.division = naming.division;
        module.role = tensor.role;
        if (const LayerSpec* layer = layer_of(tensor)) module.next_token = layer->next_token;
        if (const FullAttention* full = full_attention(tensor); full && naming.division == Division::kv_outputs)
            module.heads = full->kv_heads;
        else if (naming.division == Division::kv_outputs)
            module.division = Division::outputs;
        return module;
    }

    // Norms, biases, convolutions. Those of divided matrices are divided with them: too small to matter otherwise.
    void add_values(const Tensor& tensor, const Naming* naming) {
        CheckpointModule module = described(tensor, naming ? *naming : Naming{});
        if (!naming) module.name += tensor.name.view();
        module.kind = ModuleKind::values;
        const bool experts = module.division == Division::experts_outputs;
        module.division = experts || module.division == Division::outputs || module.division == Division::kv_outputs
                              ? module.division
                              : Division::whole;
        module.inputs = 1;
        module.copies = experts ? tensor.shape.ne[1] : 1;
        module.outputs = tensor.shape.elements() / module.copies;
        out_.push_back(std::move(module));
    }

    // One matrix for Q, K and V is divided as the three would be.
    void add_fused_attention(const Tensor& tensor) {
        const FullAttention& full = *full_attention(tensor);
        const std::int64_t kv = checked_add(full.key_values(), full.value_values());
        CheckpointModule module = described(tensor, *find(namings, "attn_qkv"));
        module.inputs = tensor.shape.ne[0];
        module.outputs = checked_sub(tensor.shape.ne[1], kv);
        CheckpointModule cached = module;
        cached.outputs = kv;
        cached.division = Division::kv_outputs;
        cached.heads = full.kv_heads;
        out_.push_back(std::move(module));
        out_.push_back(std::move(cached));
    }

    // Two tensors per layer, K's [nope, rank, heads] and V's [rank, value, heads]: one matrix of the checkpoint.
    void add_latent_half(const Tensor& tensor) {
        const bool keys = plain_name(tensor).name == "attn_k_b";
        const std::int64_t rank = tensor.shape.ne[keys ? 1 : 0];
        const std::int64_t outputs = checked_mul(tensor.shape.ne[keys ? 0 : 1], tensor.shape.ne[2]);
        const auto [found, is_new] = latent_.try_emplace(*tensor.layer, out_.size());
        if (!is_new) {
            out_[found->second].outputs += outputs;
            return;
        }
        CheckpointModule module = described(tensor, *find(namings, "attn_kv_b"));
        module.inputs = rank;
        module.outputs = outputs;
        out_.push_back(std::move(module));
    }

    const ModelSpec& model_;
    std::vector<CheckpointModule> out_;
    std::map<std::int32_t, std::size_t> latent_;  // layer → its module
};

CheckpointModule vision_module(Params vision) {
    CheckpointModule module;
    module.name = "visual";
    module.kind = ModuleKind::vision;
    module.division = Division::outputs;
    module.inputs = 1;
    module.outputs = vision.count();
    return module;
}

// As one: nearly all of it are experts.
CheckpointModule next_token_module(Params params) {
    constexpr std::int64_t typical_inputs = 4096;  // matters to the number of scales only
    CheckpointModule module;
    module.name = "next_token";
    module.kind = ModuleKind::linear;
    module.role = TensorRole::routed_experts;
    module.inputs = typical_inputs;
    module.outputs = params.count() / typical_inputs;
    module.next_token = true;
    return module;
}

}  // namespace

Params CheckpointInventory::params() const {
    Params sum;
    for (const CheckpointModule& module : modules) sum += module.params();
    return sum;
}

CheckpointInventory checkpoint_inventory(const ModelSpec& model, const TensorInventory& tensors, Params vision, Params next_token) {
    Reader reader{model};
    for (const Tensor& tensor : tensors.tensors)
        if (!(model.tied_output_stored && tensor.name == "output.weight")) reader.add(tensor);
    CheckpointInventory out;
    out.modules = reader.take();
    if (vision > Params{}) out.modules.push_back(vision_module(vision));
    if (next_token > Params{}) out.modules.push_back(next_token_module(next_token));
    out.vocab_size = model.vocab_size;
    out.tied = tensors.tied() || model.tied_output_stored;
    return out;
}

}  // namespace fitcalc
