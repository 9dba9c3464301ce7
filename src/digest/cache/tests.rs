use std::{fs::FileTimes, slice};

use super::*;
use crate::digest::Digest;
use crate::digest::{Algorithm, Decoder, RangeJob};

struct Fixture {
    folder: tempfile::TempDir,
    job: FileJob,
}

/// A file of 1 MiB that changed long ago, as far as anyone can set that back.
fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, vec![7; 1 << 20]).unwrap();
    let statistics = Decoder::for_dtype("U8");
    let range = |bytes| RangeJob { bytes, digest: true, statistics };
    let ranges = vec![
        range(3..5000),
        range(3..5000),
        range(9..9),
        range(0..1 << 30),
    ];
    let whole = vec![Algorithm::Blake3, Algorithm::Sha256];
    Fixture {
        folder,
        job: FileJob { path, whole, ranges },
    }
}

impl Fixture {
    fn cache(&self) -> Cache {
        Cache::open(&self.folder.path().join("cache"))
    }

    /// What a run finds, kept as if the file had lain still for a while.
    fn kept(&self) -> FileDigests {
        let digests = run(slice::from_ref(&self.job), 1, &|_| {}).remove(0);
        let mut entry = Entry::new(digests.stamp.unwrap());
        entry.take(&self.job, &digests);
        self.cache().write(&entry).unwrap();
        digests
    }

    fn entry_path(&self) -> PathBuf {
        let entries = fs::read_dir(self.folder.path().join("cache")).unwrap();
        entries.map(|entry| entry.unwrap().path()).next().unwrap()
    }
}

#[test]
fn what_was_hashed_is_remembered() {
    let fixture = fixture();
    let fresh = fixture.kept();
    let known = fixture.cache().lookup(&fixture.job).unwrap();
    assert_eq!(known, FileDigests { remembered: true, ..fresh });
    let asked = slice::from_ref(&fixture.job);
    assert_eq!(run_remembering(&mut fixture.cache(), asked, 1, &|_| {}), [known]);
}

#[test]
fn what_was_not_hashed_is_not_known() {
    let fixture = fixture();
    assert_eq!(fixture.cache().lookup(&fixture.job), None);
    fixture.kept();
    let unknown = |change: fn(&mut FileJob)| {
        let mut job = fixture.job.clone();
        change(&mut job);
        fixture.cache().lookup(&job).is_none()
    };
    assert!(!unknown(|_| {}));
    assert!(!unknown(|job| job.whole.clear()));
    assert!(unknown(|job| job.whole.push(Algorithm::Md5)));
    assert!(unknown(|job| job.ranges[0].bytes.end += 1));
    assert!(unknown(|job| job.ranges[0].statistics = Decoder::for_dtype("I8")));
}

#[test]
fn a_file_that_moved_in_time_is_hashed_again() {
    let fixture = fixture();
    fixture.kept();
    let file = fs::File::options().append(true).open(&fixture.job.path).unwrap();
    file.set_times(FileTimes::new().set_modified(UNIX_EPOCH)).unwrap();
    assert_eq!(fixture.cache().lookup(&fixture.job), None);
}

#[test]
fn a_file_that_changed_just_now_is_not_kept() {
    let fixture = fixture();
    let digests = run(slice::from_ref(&fixture.job), 1, &|_| {}).remove(0);
    fixture.cache().remember(&fixture.job, &digests);
    assert_eq!(fixture.cache().lookup(&fixture.job), None);
}

#[test]
fn a_damaged_entry_is_not_believed() {
    let fixture = fixture();
    fixture.kept();
    let path = fixture.entry_path();
    let whole = fs::read(&path).unwrap();
    for (cut, flip) in [
        (0, None),
        (whole.len() / 2, None),
        (whole.len(), Some(whole.len() / 2)),
    ] {
        let mut damaged = whole[..cut].to_vec();
        if let Some(at) = flip {
            damaged[at] ^= 1;
        }
        fs::write(&path, damaged).unwrap();
        let mut cache = fixture.cache();
        assert_eq!(cache.lookup(&fixture.job), None);
        assert_eq!(cache.notes().len(), 1);
    }
}

#[test]
fn a_digest_of_the_wrong_length_is_not_believed() {
    assert!(Digest::from_hex(&"ab".repeat(32), Algorithm::Sha256).is_some());
    for hex in [
        "",
        "ab",
        &"ab".repeat(31),
        &"a".repeat(63),
        &"gg".repeat(32),
        &"ab".repeat(70),
    ] {
        assert_eq!(Digest::from_hex(hex, Algorithm::Sha256), None);
    }
}
