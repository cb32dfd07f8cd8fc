"""Names that belong to torch: what the project may rename and what it may not."""

from __future__ import annotations

CALLED_FROM_OUTSIDE = frozenset(
    """
    forward backward setup_context jvp vjp vmap step zero_grad get_lr state_dict load_state_dict train eval parameters named_parameters buffers
    named_buffers modules named_modules children named_children reset_parameters to cpu cuda half float double bfloat16 apply requires_grad_
    add_param_group extra_repr get_extra_state set_extra_state sample rsample log_prob entropy training register_parameter register_buffer
    """.split()
)
"""Methods of torch's classes that torch, or the host, calls on an instance: overriding one has an effect without a call in the project."""

KNOWN_ATTRIBUTES = CALLED_FROM_OUTSIDE | frozenset(
    """
    H T mH mT abs abs_ add add_ add_module addcdiv addcdiv_ addcmul addcmul_ addmm all allclose amax amin any append argmax argmin argsort
    baddbmm backward bernoulli bernoulli_ bias bmm bool broadcast_to byte ceil char chunk clamp clamp_ clamp_max clamp_min clone
    contiguous copy copy_ cos cosh count count_nonzero cummax cumprod cumsum data defaults detach detach_ device diag diagonal diff dim div div_
    dot dtype einsum element_size embedding_dim endswith eq erf exp exp_ expand expand_as expm1 extend fill_ fill_diagonal_ find flatten flip floor
    format fmod gather ge get get_device grad grad_fn gt hidden_size histc imag in_channels in_features index index_add index_add_ index_copy
    index_select insert int is_cuda is_floating_point is_leaf is_sparse isfinite isinf isnan item items itemsize join keys kthvalue le lerp lerp_
    load_state_dict log log1p log2 log_softmax logical_and logical_not logical_or logsumexp long lower lt masked_fill masked_fill_ masked_scatter
    masked_select matmul max maximum mean median metadata min minimum mm mode momentum mul mul_ multinomial name nan_to_num narrow ndim ne neg neg_
    nelement new_empty new_full new_ones new_tensor new_zeros nonzero norm normal_ normalized_shape num_embeddings num_features numel numpy
    out_channels out_features outer padding_idx param_groups permute pin_memory pop pow pow_ prod quantile random_ real reciprocal
    register_backward_hook register_forward_hook register_forward_pre_hook register_full_backward_hook register_hook register_module relu relu_
    remainder remove repeat repeat_interleave replace requires_grad reshape reshape_as retain_grad roll rot90 round rsqrt rsqrt_ scatter scatter_
    scatter_add scatter_add_ scatter_reduce select setdefault shape short sigmoid sigmoid_ sign sin size softmax sort split sqrt sqrt_ square
    squeeze squeeze_ startswith state std stride strip sub sub_ sum svd t take take_along_dim tan tanh tanh_ tile tolist topk trace transpose
    transpose_ tril tril_ triu triu_ trunc type type_as unbind unflatten unfold uniform_ unique unsqueeze unsqueeze_ update upper values var
    view view_as weight where zero_
    vocab_size sequence_length max_layers max_parameters seed steps learning_rate batch_size optimizer scheduler weight_decay tokens targets
    """.split()
)
"""Attributes of tensors, modules, optimisers, containers and the contract's objects: on an object of unknown make they are taken for those."""

_FACADES = {
    "torch.nn.modules": "torch.nn",
    "torch.nn.parameter": "torch.nn",
    "torch.functional": "torch",
}


def canonical(dotted: str) -> str:
    """One name for what torch offers under several: `torch.nn.modules.linear.Linear` is `torch.nn.Linear`."""
    parts = dotted.split(".")
    if parts[:3] == ["torch", "nn", "modules"] and len(parts) > 4 and parts[3].islower():
        return ".".join(["torch.nn", *parts[4:]])
    if parts[:2] == ["torch", "optim"] and len(parts) > 3 and parts[2] not in ("lr_scheduler", "swa_utils"):
        return ".".join(["torch.optim", *parts[3:]]) if parts[2].islower() else dotted
    for facade, plain in _FACADES.items():
        if dotted.startswith(facade + "."):
            return plain + dotted[len(facade) :]
    return dotted

OUTSIDE_MODULES = frozenset(
    """
    torch torch.nn torch.nn.functional torch.nn.init torch.nn.modules torch.nn.modules.module torch.nn.utils torch.optim
    torch.optim.lr_scheduler torch.linalg torch.fft torch.special torch.autograd torch.autograd.functional torch.autograd.function torch.cuda
    torch.amp torch.backends torch.utils torch.utils.checkpoint torch.random torch.distributions torch.jit torch.func torch.sparse
    math functools itertools collections contextlib dataclasses typing enum abc prism_challenge prism_challenge.evaluator
    prism_challenge.evaluator.interface
    """.split()
)
