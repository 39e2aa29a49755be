//! Loads ONNX files, after checking their lengths.
//!
//! The model reader trusts the stated lengths: an integer of more than ten bytes makes it read endlessly, and a false length makes it
//! allocate that many bytes. Field numbers are those of onnx.proto3; the encoding is that of protocol buffers
//! (protobuf.dev/programming-guides/encoding).

use rten::{Model, ModelOptions, OpRegistry};

use super::error::NeuralVoiceError;

/// The maximum nesting of messages; a network without subgraphs needs eight levels.
const MAX_DEPTH: usize = 24;

/// The content of a field with a length.
#[derive(Clone, Copy)]
enum Content {
    Message(Message),
    PackedIntegers,
    Bytes,
}

/// The messages that the model reader parses.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    ValueInfo,
    Type,
    TensorType,
    SequenceType,
    Shape,
    /// A message that holds only numbers and text.
    Leaf,
}

impl Message {
    fn content(self, field: u64) -> Content {
        use Message as M;
        match (self, field) {
            (M::Model, 7) | (M::Attribute, 6 | 11) => Content::Message(M::Graph),
            (M::Graph, 1) => Content::Message(M::Node),
            (M::Node, 5) => Content::Message(M::Attribute),
            (M::Graph, 5) | (M::Attribute, 5 | 10) => Content::Message(M::Tensor),
            (M::Graph, 11..=13) => Content::Message(M::ValueInfo),
            (M::ValueInfo, 2) | (M::SequenceType, 1) => Content::Message(M::Type),
            (M::Type, 1) => Content::Message(M::TensorType),
            (M::Type, 4) => Content::Message(M::SequenceType),
            (M::TensorType, 2) => Content::Message(M::Shape),
            (M::Shape, 1) | (M::Model, 8 | 14) | (M::Tensor, 13) => Content::Message(M::Leaf),
            (M::Tensor, 1 | 5 | 7 | 11) | (M::Attribute, 8) => Content::PackedIntegers,
            _ => Content::Bytes,
        }
    }
}

/// Loads a network from the content of an ONNX file.
pub(super) fn load_model(file: Vec<u8>) -> Result<Model, NeuralVoiceError> {
    if !is_well_formed(&file) {
        return Err(NeuralVoiceError::unusable("its network is damaged"));
    }
    ModelOptions::with_ops(operations()).load(file).map_err(NeuralVoiceError::unusable)
}

/// Returns the operations of the voice's networks. All others are refused, such as loops, which need not end.
fn operations() -> OpRegistry {
    rten::op_registry!(
        Add,
        ArgMax,
        Cast,
        Clip,
        Concat,
        Conv,
        CumSum,
        Div,
        DynamicQuantizeLinear,
        Erf,
        Exp,
        Gather,
        GreaterOrEqual,
        Identity,
        LayerNormalization,
        Log,
        MatMul,
        MatMulInteger,
        Mul,
        Pow,
        Range,
        ReduceSum,
        Relu,
        Reshape,
        Round,
        Shape,
        Slice,
        Softmax,
        Split,
        Sub,
        Tile,
        Transpose,
        Unsqueeze
    )
}

/// Returns whether every varint in the file is terminated, and every length is within the file.
fn is_well_formed(file: &[u8]) -> bool {
    check_message(file, Message::Model, 0).is_some()
}

fn check_message(mut bytes: &[u8], message: Message, depth: usize) -> Option<()> {
    if depth > MAX_DEPTH {
        return None;
    }
    while !bytes.is_empty() {
        let key = take_varint(&mut bytes)?;
        match key & 7 {
            0 => drop(take_varint(&mut bytes)?),
            1 => drop(take(&mut bytes, 8)?),
            2 => {
                let length = usize::try_from(take_varint(&mut bytes)?).ok()?;
                check_content(take(&mut bytes, length)?, message.content(key >> 3), depth)?;
            }
            5 => drop(take(&mut bytes, 4)?),
            _ => return None,
        }
    }
    Some(())
}

fn check_content(mut bytes: &[u8], content: Content, depth: usize) -> Option<()> {
    match content {
        Content::Message(message) => check_message(bytes, message, depth + 1),
        Content::PackedIntegers => {
            while !bytes.is_empty() {
                take_varint(&mut bytes)?;
            }
            Some(())
        }
        Content::Bytes => Some(()),
    }
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

/// Takes a varint: an integer of at most ten bytes, each but the last with its highest bit set.
fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let length = bytes.iter().take(10).position(|byte| byte & 0x80 == 0)? + 1;
    let taken = take(bytes, length)?;
    if length == 10 && taken[9] > 1 {
        return None;
    }
    Some(taken.iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f)))
}

#[cfg(test)]
mod tests {
    use super::is_well_formed;

    /// Returns a field with a length: number, then content.
    fn field(number: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![number << 3 | 2];
        let mut length = content.len();
        while length > 0x7f {
            bytes.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        bytes.push(length as u8);
        bytes.extend(content);
        bytes
    }

    #[test]
    fn unterminated_numbers_are_refused_at_every_depth() {
        let endless = [0xff; 4096];
        assert!(!is_well_formed(&endless));
        let dims = field(5, &field(1, &endless));
        assert!(!is_well_formed(&field(7, &dims)), "in the dimensions of a tensor");
        let attribute = field(1, &field(5, &field(8, &endless)));
        assert!(!is_well_formed(&field(7, &attribute)), "in the integers of an attribute");
        assert!(is_well_formed(&field(7, &field(5, &field(9, &endless)))), "raw data is only bytes");
    }

    #[test]
    fn lengths_beyond_the_file_are_refused() {
        let whole = field(7, &field(5, &field(9, &[1; 300])));
        assert!(is_well_formed(&whole));
        for length in 1..whole.len() {
            assert!(!is_well_formed(&whole[..length]), "{length} bytes");
        }
        assert!(!is_well_formed(&[0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f]));
    }

    #[test]
    fn endless_subgraphs_are_refused() {
        let nested = (0..100).fold(Vec::new(), |graph, _| field(1, &field(5, &field(6, &graph))));
        assert!(!is_well_formed(&field(7, &nested)));
    }
}
