"""What a project may use of the world outside it. docs/review-rules.md says the same to miners."""

from __future__ import annotations

from typing import List, NamedTuple, Optional

from .findings import quote
from .standard_library import STANDARD_LIBRARY

ALLOWED_ROOTS = (
    "__future__", "abc", "collections", "contextlib", "dataclasses", "enum", "functools", "itertools", "math", "prism_challenge",
    "torch", "typing",
)  # fmt: skip
ALLOWED_TEXT = "allowed are " + ", ".join(ALLOWED_ROOTS) + " and the project's own modules"

INTERFACE = "prism_challenge.evaluator.interface"
INTERFACE_NAMES = ("PrismContext", "TrainingRecipe", "PrismBatch")

FORBIDDEN_BUILTINS = frozenset(
    """
    eval exec compile open input __import__ globals locals vars breakpoint exit quit help license credits copyright
    __build_class__ __builtins__ __file__ __loader__ __spec__ __path__ __package__ __cached__
    """.split()
)
DYNAMIC_BUILTINS = ("getattr", "setattr", "delattr")
MODULE_DUNDERS = ("__all__", "__version__", "__author__", "__license__")
"""What a module may assign; `__name__` may be read."""

ALLOWED_DUNDERS = frozenset(
    """
    __init__ __new__ __call__ __post_init__ __len__ __getitem__ __setitem__ __delitem__ __contains__ __iter__ __next__ __reversed__
    __enter__ __exit__ __repr__ __str__ __bool__ __int__ __float__ __index__ __hash__ __format__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__
    __add__ __sub__ __mul__ __matmul__ __truediv__ __floordiv__ __mod__ __pow__ __and__ __or__ __xor__ __neg__ __pos__ __abs__ __invert__
    __radd__ __rsub__ __rmul__ __rmatmul__ __rtruediv__ __rfloordiv__ __rmod__ __rpow__ __rand__ __ror__ __rxor__
    __iadd__ __isub__ __imul__ __imatmul__ __itruediv__ __lshift__ __rshift__ __round__ __name__ __doc__ __slots__ __constants__ __version__
    """.split()
)
"""Dunder names that may be defined in a class and looked up on anything."""
DEFINABLE_DUNDERS = ALLOWED_DUNDERS | {"__getattr__", "__setattr__", "__delattr__"}

FORBIDDEN_ATTRIBUTES = frozenset(
    """
    os sys subprocess builtins importlib ctypes socket pickle marshal shutil system popen load_library from_file tofile memmap
    share_memory_ gi_frame gi_code gi_yieldfrom cr_frame cr_code cr_origin ag_frame ag_code f_back f_builtins f_code f_globals f_locals f_trace
    tb_frame tb_next tb_lasti co_code co_consts co_names func_globals func_code
    """.split()
)
"""Refused on any object: ways to modules, files and frames."""

_HARMLESS = frozenset("abc chunk code collections contextlib copy dataclasses enum functools itertools math random select signal trace typing".split())
"""Names of the standard library that are also innocent members of what may be imported."""

_REFUSED = {
    "torch": """
        load save from_file hub package multiprocessing distributed ops classes library serialization onnx fx export compile compiler profiler
        overrides testing monitor quantization quantize_per_tensor_dynamic ao storage Storage UntypedStorage TypedStorage get_file_path
        import_ir_module import_ir_module_from_buffer parse_ir parse_schema PyTorchFileReader PyTorchFileWriter CompilationUnit ScriptModule
        ScriptFunction FileCheck DeserializationStorageContext fork wait set_vital read_vitals utils.data utils.tensorboard
    """,
    "torch.cuda": "jiterator cudart profiler nvtx memory CUDAPluggableAllocator change_current_allocator caching_allocator_alloc",
    "torch.autograd": "profiler profiler_util profiler_legacy",
    "torch.nn": "parallel DataParallel",
    "typing": "get_type_hints ForwardRef evaluate_forward_ref",
    "dataclasses": "make_dataclass",
    "contextlib": "chdir redirect_stdout redirect_stderr",
    "enum": "bltns",
    "functools": "wraps update_wrapper",
}
_REFUSED_DOTTED = frozenset(f"{root}.{name}" for root, names in _REFUSED.items() for name in names.split())
_ONLY = {
    "torch.jit": "script ignore unused export Final is_scripting is_tracing annotate".split(),
    "torch.utils": ["checkpoint"],
}
"""Modules of which only these members may be used."""

_GLOBAL_STATE = ("torch.use_deterministic_algorithms", "torch.backends.disable_global_flags", "torch.cuda.memory.set_per_process_memory_fraction")
_LOCAL_SETTERS = ("set_grad_enabled", "set_rng_state", "set_rng_state_all")
"""Setters of torch's modules that are part of an ordinary computation; every other one is global state."""


class Refusal(NamedTuple):
    rule: str
    message: str


def refusal(dotted: str) -> Optional[Refusal]:
    """Why something outside the project may not be used, by its full dotted name; None where it may."""
    root, *rest = dotted.split(".")
    if root == "builtins":  # the rest by name, in rules/names.py
        return Refusal("forbidden-api", "looks up .obj of an exception") if dotted == "builtins.Exception.obj" else None
    if root not in ALLOWED_ROOTS:
        return Refusal("forbidden-import", f"imports {quote(dotted)}; {ALLOWED_TEXT}")
    if root == "prism_challenge":
        return _interface_refusal(dotted)
    if dotted in _GLOBAL_STATE or _is_global_setter(root, rest):
        return Refusal("global-state", f"{dotted} changes what the host and every other part of the run computes with")
    prefix = root
    for part in rest:
        if part.startswith("_") and part not in ALLOWED_DUNDERS:
            return Refusal("forbidden-api", f"{quote(dotted)}: {quote(part)} is private to {prefix}")
        if part in STANDARD_LIBRARY and part not in _HARMLESS and f"{prefix}.{part}" != "torch.types":
            return Refusal("forbidden-api", f"{quote(dotted)} reaches module {part!r} through {prefix}")
        if part in ("torch", "numpy", "np") or part.startswith(("register_module_", "register_optimizer_")):
            return Refusal("forbidden-api", f"{quote(dotted)}: {part!r} is not {prefix}'s own or patches every module")
        if prefix in _ONLY and part not in _ONLY[prefix]:
            return Refusal("forbidden-api", f"{quote(dotted)}: of {prefix} only {', '.join(_ONLY[prefix])} may be used")
        if f"{prefix}.{part}" in _REFUSED_DOTTED or (prefix == "torch" and part.endswith("Storage")):
            return Refusal("forbidden-api", f"{prefix}.{part} is not for projects")
        prefix = f"{prefix}.{part}"
    return None


def _is_global_setter(root: str, rest: List[str]) -> bool:
    if root != "torch" or not rest or not all(part.islower() for part in rest):
        return False
    return rest[-1].startswith("set_") and rest[-1] not in ("set_", *_LOCAL_SETTERS)


def _interface_refusal(dotted: str) -> Optional[Refusal]:
    parts, path = dotted.split("."), INTERFACE.split(".")
    if parts == path[: len(parts)] or (parts[:3] == path and parts[3] in INTERFACE_NAMES):
        return None
    return Refusal("forbidden-import", f"{quote(dotted)}: of prism_challenge only {INTERFACE} with {', '.join(INTERFACE_NAMES)} is for projects")
