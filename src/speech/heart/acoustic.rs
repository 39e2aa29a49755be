//! The acoustic model: from phonemes to the spectra and the pitch of each frame.

use std::sync::Arc;

use rten::{Model, NodeId, RunOptions, ThreadPool, Value, ValueOrView};

use super::error::NeuralVoiceError;
use super::frames::AcousticFrames;
use super::model::load_model;

/// The names of the model's inputs: phonemes, and their pace.
const INPUTS: [&str; 2] = ["ids", "speed"];
/// The names of the model's outputs: five spectra, the pitch, and the frame at which each phoneme ends. The last one is a value
/// inside the model, the running sum of the durations.
const OUTPUTS: [&str; 7] = ["lh", "theta", "ln", "lr", "phi", "f0", "/CumSum_output_0"];

/// A loaded acoustic model.
#[derive(Debug)]
pub(super) struct AcousticModel {
    model: Model,
    inputs: [NodeId; INPUTS.len()],
    outputs: [NodeId; OUTPUTS.len()],
    pool: Arc<ThreadPool>,
}

impl AcousticModel {
    pub(super) fn load(bytes: Vec<u8>, pool: Arc<ThreadPool>) -> Result<Self, NeuralVoiceError> {
        let model = load_model(bytes)?;
        let (inputs, outputs) = (nodes(&model, INPUTS)?, nodes(&model, OUTPUTS)?);
        Ok(Self { model, inputs, outputs, pool })
    }

    /// Predicts the frames of phonemes, given by their numbers with padding at both ends. A pace of 1 is that of the recordings; 0.5 is half as
    /// fast.
    pub(super) fn predict(&self, phonemes: &[i32], pace: f32) -> Result<AcousticFrames, NeuralVoiceError> {
        let ids = Value::from_shape([1, phonemes.len()], phonemes.to_vec()).map_err(NeuralVoiceError::unusable)?;
        let speed = Value::from_shape([1], vec![pace]).map_err(NeuralVoiceError::unusable)?;
        let inputs: Vec<(NodeId, ValueOrView)> = self.inputs.into_iter().zip([ids.into(), speed.into()]).collect();
        let options = RunOptions::default().with_thread_pool(Some(self.pool.clone()));
        let outputs = self.model.run(inputs, &self.outputs, Some(options)).map_err(NeuralVoiceError::unusable)?;
        AcousticFrames::from_outputs(outputs, phonemes.len())
            .ok_or_else(|| NeuralVoiceError::unusable("its output has an unexpected shape"))
    }
}

fn nodes<const N: usize>(model: &Model, names: [&str; N]) -> Result<[NodeId; N], NeuralVoiceError> {
    let found: Option<Vec<NodeId>> = names.iter().map(|name| model.find_node(name)).collect();
    let found = found.and_then(|nodes| <[NodeId; N]>::try_from(nodes).ok());
    found.ok_or_else(|| NeuralVoiceError::unusable("it is not a model of this kind"))
}
