//! The engine as its callers see it, against `sha2` and the plain hashers.

#![expect(
    clippy::single_range_in_vec_init,
    reason = "one range is what is meant"
)]

use std::{fs, path::Path, sync::atomic::AtomicU64};

use proptest::prelude::*;

use super::*;

/// Bytes that repeat nowhere near.
fn some_bytes(len: usize, seed: u64) -> Vec<u8> {
    let mut word = seed | 1;
    let mut next = || {
        word = word.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        word.to_be_bytes()[0]
    };
    std::iter::repeat_with(&mut next).take(len).collect()
}

fn range(bytes: Range<u64>) -> RangeJob {
    RangeJob { bytes, digest: true, statistics: None }
}

/// A plan over files with these bytes and ranges.
fn plan(folder: &Path, files: &[(Vec<u8>, Vec<Range<u64>>)]) -> Vec<FileJob> {
    let write = |(place, (bytes, ranges)): (usize, &(Vec<u8>, Vec<Range<u64>>))| {
        let path = folder.join(place.to_string());
        fs::write(&path, bytes).unwrap();
        let ranges = ranges.iter().cloned().map(range).collect();
        FileJob {
            path,
            whole: vec![Algorithm::Sha256],
            ranges,
        }
    };
    files.iter().enumerate().map(write).collect()
}

/// Every digest against the oracle, on one thread and on several.
#[track_caller]
fn check(files: &[(Vec<u8>, Vec<Range<u64>>)]) {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path(), files);
    let done = AtomicU64::new(0);
    for threads in [0, 1, 2, 5] {
        let all = run(&plan, threads, &|bytes| {
            done.fetch_max(bytes, std::sync::atomic::Ordering::Relaxed);
        });
        assert_eq!(all.len(), files.len());
        for (digests, (bytes, ranges)) in all.iter().zip(files) {
            assert_eq!(digests.whole, [(Algorithm::Sha256, sha256(bytes).into())]);
            assert_eq!((&digests.trouble, digests.changed), (&None, false));
            for (found, range) in digests.ranges.iter().zip(ranges) {
                let [start, end] = [range.start, range.end].map(|at| usize::try_from(at).unwrap());
                let expected = bytes.get(start..end).map(sha256);
                assert_eq!(found.sha256, expected, "{range:?}, {threads} threads");
                assert_eq!(found.trouble.is_some(), expected.is_none());
            }
        }
    }
    let total: usize = files.iter().map(|(bytes, _)| bytes.len()).sum();
    assert_eq!(done.into_inner(), total as u64);
}

#[test]
fn awkward_files_get_their_digests() {
    check(&[]);
    check(&[(vec![], vec![0..0])]);
    let mut files: Vec<_> = [0, 1, 55, 56, 63, 64, 65, 119, 120, 4096, 131_072, 3_000_000]
        .iter()
        .map(|&len| (some_bytes(len, len as u64), vec![0..len as u64]))
        .collect();
    check(&files);
    files.reverse();
    check(&files);
}

#[test]
fn ranges_may_lie_anywhere() {
    let bytes = some_bytes(5_000_000, 7);
    check(&[(bytes.clone(), vec![4_000_000..5_000_000, 0..8, 8..4_000_000])]); // out of order
    check(&[(bytes.clone(), vec![0..100, 0..100, 50..5_000_000, 99..200])]); // over each other
    check(&[(bytes.clone(), vec![7..7, 5_000_000..5_000_000, 0..0])]); // empty
    check(&[(bytes.clone(), vec![0..5_000_001, 5_000_001..5_000_001, 3..4])]); // past the end
    check(&[(bytes, (0..5000).map(|at| at * 1000 + 1..at * 1000 + 1000).collect())]); // many
}

#[test]
fn a_file_that_outlasts_the_rest_is_walked_apart_from_its_parts() {
    let len = 40_000_000;
    let ranges = (0..40).map(|at| at * 1_000_000 + 13..(at + 1) * 1_000_000).collect();
    check(&[
        (some_bytes(70_000, 1), vec![]),
        (some_bytes(len, 2), ranges),
    ]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_ranges_of_any_files_get_their_digests(
        files in prop::collection::vec(
            (0_usize..400_000, any::<u64>(), prop::collection::vec((0_u64..400_000, 0_u64..90_000), 0..12)),
            0..20,
        ),
    ) {
        let files: Vec<_> = files
            .into_iter()
            .map(|(len, seed, ranges)| {
                let ranges = ranges.into_iter().map(|(start, len)| start..start + len);
                (some_bytes(len, seed), ranges.collect())
            })
            .collect();
        check(&files);
    }
}

#[test]
fn lies_about_ranges_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(folder.path(), &[(some_bytes(100, 1), vec![90..101, 0..u64::MAX])]);
    let (start, end) = (60, 50);
    plan[0].ranges.push(range(start..end));
    plan[0].ranges.extend((0..40).map(|at| range(at..100)));
    let digests = run(&plan, 1, &|_| {}).remove(0);
    let said = |index: usize| digests.ranges[index].trouble.as_ref().unwrap().to_string();
    assert_eq!(said(0), "ends at byte 101, the file at byte 100");
    assert_eq!(said(1), "ends at byte 18446744073709551615, the file at byte 100");
    assert_eq!(said(2), "starts at byte 60 and ends at byte 50");
    let deep = digests.ranges[3..].iter().filter(|part| part.trouble == Some(Trouble::Overlapping));
    assert_eq!(deep.count(), 24);
    assert_eq!(digests.trouble, None);
}

#[test]
fn every_algorithm_comes_from_the_same_pass() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = some_bytes(3_000_000, 3);
    let mut plan = plan(folder.path(), &[(bytes.clone(), vec![1..2_900_000])]);
    plan[0].whole = Algorithm::ALL.into_iter().rev().collect();
    let digests = run(&plan, 2, &|_| {}).remove(0);
    let expected = plan[0].whole.iter().map(|&algorithm| (algorithm, of(algorithm, &bytes)));
    assert_eq!(digests.whole, expected.collect::<Vec<_>>());
    plan[0].whole = vec![Algorithm::Md5];
    let digests = run(&plan, 2, &|_| {}).remove(0);
    assert_eq!(digests.whole, [(Algorithm::Md5, of(Algorithm::Md5, &bytes))]);
    assert_eq!(digests.ranges[0].sha256, Some(sha256(&bytes[1..2_900_000])));
}

#[test]
fn statistics_do_not_depend_on_threads_or_neighbors() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = some_bytes(20_000_000, 3);
    let mut plan =
        plan(folder.path(), &[(bytes.clone(), vec![3..9_999_999, 10_000_000..20_000_000])]);
    for (range, dtype) in plan[0].ranges.iter_mut().zip(["BF16", "F8_E4M3"]) {
        range.statistics = Decoder::for_dtype(dtype);
    }
    let statistics = |plan: &[FileJob], threads| {
        let ranges = run(plan, threads, &|_| {}).remove(0).ranges;
        ranges.iter().map(|range| range.statistics.unwrap()).collect::<Vec<_>>()
    };
    let expected = statistics(&plan, 1);
    let mut tally = Tally::new(Decoder::for_dtype("BF16").unwrap());
    tally.update(&bytes[3..9_999_999]);
    assert_eq!(tally.finish(), expected[0]);
    assert_eq!(statistics(&plan, 2), expected);
    plan[0].whole.clear();
    assert_eq!(statistics(&plan, 2), expected);
    plan[0].ranges.iter_mut().for_each(|range| range.digest = false);
    assert_eq!(statistics(&plan, 3), expected);
}

#[test]
fn what_cannot_be_opened_says_why() {
    let folder = tempfile::tempdir().unwrap();
    for (path, reason) in [
        (folder.path().join("none"), "No such file"),
        (folder.path().into(), "not a regular file"),
    ] {
        let job = FileJob {
            path,
            whole: vec![Algorithm::Sha256],
            ranges: vec![range(0..1)],
        };
        let digests = run(&[job], 2, &|_| {}).remove(0);
        assert!(digests.whole.is_empty());
        let Some(Trouble::Unopened { reason: said }) = &digests.trouble else {
            panic!("opened")
        };
        assert!(said.starts_with(reason), "{said}");
        assert_eq!(digests.ranges[0].trouble, digests.trouble);
    }
}

/// What is found of a file of 12 MB when `change` happens while it is read.
fn changed_by(change: impl Fn(&Path) + Sync) -> FileDigests {
    let folder = tempfile::tempdir().unwrap();
    let plan =
        plan(folder.path(), &[(some_bytes(12_000_000, 5), vec![0..100, 11_000_000..12_000_000])]);
    run(&plan, 1, &|_| change(&plan[0].path)).remove(0)
}

#[test]
fn a_file_that_changes_while_it_is_read_has_no_digest() {
    let resized = |len| {
        move |path: &Path| {
            fs::File::options().write(true).open(path).unwrap().set_len(len).unwrap();
        }
    };
    for digests in [
        changed_by(resized(5)),
        changed_by(resized(7_000_000)),
        changed_by(resized(13_000_000)),
    ] {
        assert_eq!((digests.changed, &digests.trouble), (true, &Some(Trouble::Changed)));
        assert!(
            digests.whole.is_empty() && digests.ranges.iter().all(|range| range.sha256.is_none())
        );
    }
    assert!(!changed_by(|_| {}).changed);
}

#[test]
fn holes_are_zeros() {
    let folder = tempfile::tempdir().unwrap();
    let mut plan = plan(folder.path(), &[(vec![], vec![1_000_000..5_000_000])]);
    fs::File::options().write(true).open(&plan[0].path).unwrap().set_len(9_000_000).unwrap();
    plan[0].ranges[0].statistics = Decoder::for_dtype("F32");
    let digests = run(&plan, 1, &|_| {}).remove(0);
    assert_eq!(digests.whole[0].1.as_bytes(), sha256(&vec![0; 9_000_000]));
    assert_eq!(digests.ranges[0].statistics.unwrap().zeros, 1_000_000);
}

#[test]
fn parts_do_not_wait_for_a_file_that_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let far = 600_000_000; // further than parts may run ahead, and all of it a hole
    let mut plan = plan(folder.path(), &[(vec![], vec![])]);
    let file = fs::File::options().write(true).open(&plan[0].path).unwrap();
    file.set_len(far + 10).unwrap();
    plan[0].ranges = (0..10).map(|at| range(far + at..far + at + 1)).collect();
    let shrink = |_| file.set_len(5).unwrap();
    let digests = run(&plan, 2, &shrink).remove(0);
    assert_eq!((digests.changed, digests.trouble), (true, Some(Trouble::Changed)));
}
