"""What scripts here read out of the names that models are released under."""
import re

# The class of releases whose sources leave it out of the configuration; the first pattern that is found counts.
CLASSES = [
    (r"/pythia-", "GPTNeoXForCausalLM"),
    (r"/stable(lm-base-alpha|lm-tuned-alpha|code-(completion|instruct)-alpha)", "GPTNeoXForCausalLM"),
    (r"/stable(lm-|-code-3b)", "StableLmForCausalLM"),
    (r"/(QwQ|Qwen2)", "Qwen2ForCausalLM"),
    (r"/Qwen3-.*-A\d+B", "Qwen3MoeForCausalLM"),
    (r"/Qwen3-", "Qwen3ForCausalLM"),
    (r"/OLMo-2-", "Olmo2ForCausalLM"),
    (r"/OLMo-", "OlmoForCausalLM"),
    (r"/gemma-2-", "Gemma2ForCausalLM"),
    (r"/(code)?gemma-", "GemmaForCausalLM"),
    (r"/Ling-|/Ring-", "BailingMoeV2ForCausalLM"),
    (r"/MiniMax-M2", "MiniMaxM2ForCausalLM"),
    (r"/Phi-3.5-MoE", "PhiMoEForCausalLM"),
    (r"/Phi-[34]", "Phi3ForCausalLM"),
    (r"/Mixtral-", "MixtralForCausalLM"),
    (r"mistralai/|/Mistral-7B", "MistralForCausalLM"),
    (r"/falcon-", "FalconForCausalLM"),
    (r"/GLM-4.7-Flash", "Glm4MoeLiteForCausalLM"),
    (r"/GLM-(4|Z1)-9B", "Glm4ForCausalLM"),
    (r"/chatglm", "ChatGLMModel"),
    (r"/Hy3$", "HYV3ForCausalLM"),
    (r"internlm2", "InternLM2ForCausalLM"),
    (r"salamandra|SmolLM|Llama|llama|LLaMA|Platypus|FreeWilly|Falcon3", "LlamaForCausalLM"),
]

# Files that come with a model: its vision tower, a draft head.
BESIDE = re.compile(r"mmproj|(^|[-._/])(mtp|dspark)([-._/]|$)", re.I)
TYPE = re.compile(r"(?<![A-Za-z0-9])(I?Q\d_[A-Z0-9_]+|TQ\d_\d|MXFP4(?:_MOE)?|BF16|F16|FP16|F32)(?![A-Za-z0-9])", re.I)


def own_mix(file):
    """Whether a file's name gives two types, as "Q8_0-FFN-IQ4_XS-IQ4_XS-Q5_0" and "Q6_K-f32" do: a mix of its maker's. A
    16-bit type before the other is that of the checkpoint."""
    types = [t.upper() for t in TYPE.findall(re.sub(r"\.gguf$", "", file.split(" (")[0].split("/")[-1]))]
    quantized = [t for t in types if "F16" not in t and "FP16" not in t and t != "F32"]
    return len(set(quantized)) > 1 or bool(quantized) and quantized[-1] != types[-1]


def key(name):
    """What spellings of one name have in common."""
    return re.sub(r"[ \-_/:.(),]", "", name.lower())


def class_of(repo):
    return next((name for pattern, name in CLASSES if re.search(pattern, repo)), None)
