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


def key(name):
    """What spellings of one name have in common."""
    return re.sub(r"[ \-_/:.(),]", "", name.lower())


def class_of(repo):
    return next((name for pattern, name in CLASSES if re.search(pattern, repo)), None)
