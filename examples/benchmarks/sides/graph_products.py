"""What the products of a step take alone: each that its graph has, by the kernel that it has there."""

import collections
import time

import numpy as np
import tensorflow as tf

PRODUCTS = {  # with the names of what they take
    "MatMul": ("a", "b"),
    "BatchMatMulV2": ("x", "y"),
    "Conv2D": ("input", "filter"),
    "Conv2DBackpropInput": ("input_sizes", "filter", "out_backprop"),
    "Conv2DBackpropFilter": ("input", "filter_sizes", "out_backprop"),
    "DepthwiseConv2dNative": ("input", "filter"),
    "DepthwiseConv2dNativeBackpropInput": ("input_sizes", "filter", "out_backprop"),
    "DepthwiseConv2dNativeBackpropFilter": ("input", "filter_sizes", "out_backprop"),
}


def operations(graph):
    """Yield what the results of a graph need, in the functions that it calls too; of conditions in the first branch."""
    needed, ahead = {}, [*(tensor.op for tensor in graph.outputs), *graph.control_outputs]
    while ahead:
        operation = ahead.pop()
        if operation.name not in needed:
            needed[operation.name] = operation
            ahead += [*(tensor.op for tensor in operation.inputs), *operation.control_inputs]
    for operation in needed.values():
        yield operation
        called = [operation.get_attr(name) for name in ("f", "body", "then_branch") if name in operation.node_def.attr]
        for function in called:
            yield from operations(graph._get_function(function.name).graph)


def rules_of(operation):
    """Return the attributes of a product that say what it computes, as a tuple."""
    skipped = ("_", "T", "use_cudnn_on_gpu", "explicit_paddings", "grad_")
    names = [name for name in operation.node_def.attr if not name.startswith(skipped)]
    found = {name: operation.get_attr(name) for name in sorted(names)}
    found = {name: rule.decode() if isinstance(rule, bytes) else rule for name, rule in found.items()}
    return tuple((name, tuple(rule) if isinstance(rule, list) else rule) for name, rule in found.items())


def products(graph):
    """Return how often a graph has each product: its kind, the shapes that it takes and gives, and its attributes."""
    once = {}  # of the same values it is computed once
    for operation in operations(graph):
        if operation.type in PRODUCTS:
            given = tuple(None if tensor.dtype == tf.int32 else tuple(tensor.shape) for tensor in operation.inputs)
            product = operation.type, given, tuple(operation.outputs[0].shape), rules_of(operation)
            values = tuple(tensor.name for tensor in operation.inputs if tensor.dtype != tf.int32)
            once[operation.graph, values, product] = product
    return collections.Counter(once.values())


def seconds_alone(kind, given, made, rules, rounds=5):
    """Return the seconds that a product takes alone, in the best of some rounds."""
    random = np.random.default_rng(0)
    drawn = [made if shape is None else random.normal(size=shape).astype("float32") for shape in given]
    given = {name: tf.constant(value) for name, value in zip(PRODUCTS[kind], drawn, strict=True)}
    rules = {name: list(rule) if isinstance(rule, tuple) else rule for name, rule in rules}
    taken = []
    for _ in range(rounds + 1):
        begin = time.perf_counter()
        getattr(tf.raw_ops, kind)(**given, **rules)  # on CPUs it returns when it is done
        taken.append(time.perf_counter() - begin)
    return min(taken[1:])


def seconds_of_products(step, *arguments):
    """Return the seconds that the products of a step take, each alone, and how many there are."""
    found = products(tf.function(step, autograph=False).get_concrete_function(*arguments).graph)
    return sum(count * seconds_alone(*product) for product, count in found.items()), found.total()
