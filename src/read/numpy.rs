//! numpy's arrays: in pickles here, in files of their own in `npy` and `npz`.

mod array;
mod header;
mod npy;
mod npz;

pub(super) use array::array;
pub(super) use npy::{FORMAT as NPY, elements};
pub(super) use npz::FORMAT as NPZ;
