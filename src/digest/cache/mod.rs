//! Digests of earlier runs, in the user's cache folder, for those who ask for them.
//!
//! A file is taken to be the one that was hashed as long as device, inode, length, modification
//! and change time are the same. Each has an entry of its own, named after device and inode:
//! whole or not there, as it is renamed into place, and ended by its own SHA-256. An entry that is
//! damaged, or of another version, is not believed in any part.

mod entry;

use std::{
    env, fs, io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use self::entry::Entry;
use super::{FileDigests, FileJob, run};
use crate::source::Stamp;

/// Files shorter than this many bytes are sooner hashed than looked up.
const WORTH_REMEMBERING: u64 = 1 << 20;

/// A file that changed less than this ago may change again within one tick of its clock.
const SETTLED: Duration = Duration::from_secs(2);

/// A folder of remembered digests.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    notes: Vec<String>,
}

impl Cache {
    /// The cache of the user: in `XDG_CACHE_HOME`, else in `.cache` in the home folder.
    /// `None` where neither is known.
    pub fn of_user() -> Option<Self> {
        let absolute =
            |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home = absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache")))?;
        Some(Self::open(&home.join("weighbill/digests")))
    }

    /// The cache in `folder`, which is made when there is something to put into it.
    pub fn open(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            notes: Vec::new(),
        }
    }

    /// What was wrong with the cache so far, one clause each, for the user to read.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What `job` asks for, if all of it is known.
    pub fn lookup(&mut self, job: &FileJob) -> Option<FileDigests> {
        let stamp = Stamp::read(&job.path).ok().filter(worth_it)?;
        self.entry(stamp)?.answer(job)
    }

    /// Keeps what was found out in this run, beside what is known of the same file already.
    /// Nothing is kept of a file that could not be read whole, or changed a moment ago.
    pub fn remember(&mut self, job: &FileJob, digests: &FileDigests) {
        let sound = digests.trouble.is_none() && !digests.changed && !digests.remembered;
        let Some(stamp) = digests.stamp.filter(|stamp| sound && worth_it(stamp) && settled(stamp))
        else {
            return;
        };
        let mut entry = self.entry(stamp).unwrap_or_else(|| Entry::new(stamp));
        entry.take(job, digests);
        if let Err(error) = self.write(&entry) {
            self.notes.push(format!("digests cannot be kept: {error}"));
        }
    }

    fn path(&self, stamp: Stamp) -> PathBuf {
        self.folder.join(format!("{:x}-{:x}", stamp.dev, stamp.ino))
    }

    /// The entry of this very state of a file.
    fn entry(&mut self, stamp: Stamp) -> Option<Entry> {
        let path = self.path(stamp);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                self.notes.push(format!("{}: {error}", path.display()));
                return None;
            }
        };
        let entry = Entry::parse(&text);
        if entry.is_none() {
            self.notes.push(format!("{}: damaged, not used", path.display()));
        }
        entry.filter(|entry| entry.is_of(stamp))
    }

    fn write(&self, entry: &Entry) -> io::Result<()> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let path = self.path(entry.stamp());
        let number = NEXT.fetch_add(1, Ordering::Relaxed); // several may write at once
        let new = path.with_extension(format!("new-{}-{number}", std::process::id()));
        let placed = fs::write(&new, entry.to_text()?).and_then(|()| fs::rename(&new, &path));
        if placed.is_err() {
            let _ = fs::remove_file(&new);
        }
        placed
    }
}

fn worth_it(stamp: &Stamp) -> bool {
    stamp.len >= WORTH_REMEMBERING
}

fn settled(stamp: &Stamp) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let last = now.saturating_sub(SETTLED).as_secs();
    [stamp.mtime.0, stamp.ctime.0].iter().all(|&time| u64::try_from(time).unwrap_or(0) < last)
}

/// As [`run`], but what `cache` knows is not hashed again, and what was hashed is kept in it.
/// Whatever hangs on the bytes being what they are now must not be asked for in this way.
pub fn run_remembering(
    cache: &mut Cache,
    plan: &[FileJob],
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
) -> Vec<FileDigests> {
    let known: Vec<Option<FileDigests>> = plan.iter().map(|job| cache.lookup(job)).collect();
    let skipped = known.iter().flatten().filter_map(|digests| digests.stamp);
    let skipped: u64 = skipped.map(|stamp| stamp.len).sum();
    let unknown = plan.iter().zip(&known).filter(|(_, known)| known.is_none());
    let rest: Vec<FileJob> = unknown.map(|(job, _)| job.clone()).collect();
    let fresh = run(&rest, threads, &|done| progress(skipped + done));
    for (job, digests) in rest.iter().zip(&fresh) {
        cache.remember(job, digests);
    }
    let mut fresh = fresh.into_iter();
    let one_each = known.into_iter().map(|known| known.or_else(|| fresh.next()));
    one_each.map(Option::unwrap_or_default).collect()
}

#[cfg(test)]
mod tests;
