//! Cycles in a directed graph.

use std::collections::{BTreeMap, BTreeSet};

/// Returns the groups of nodes that reach each other; nodes that are in no cycle are left out.
pub(crate) fn cycles<Node: Clone + Ord>(edges: &BTreeSet<(Node, Node)>) -> Vec<BTreeSet<Node>> {
    let mut next: BTreeMap<&Node, Vec<&Node>> = BTreeMap::new();
    for (from, to) in edges.iter().filter(|(from, to)| from != to) {
        next.entry(from).or_default().push(to);
    }
    let reached: BTreeMap<&Node, BTreeSet<&Node>> =
        next.keys().map(|start| (*start, reachable(*start, &next))).collect();
    let mut groups: Vec<BTreeSet<Node>> = Vec::new();
    for (node, others) in &reached {
        let is_back = |other: &&&Node| reached.get(**other).is_some_and(|back| back.contains(*node));
        let group: BTreeSet<Node> = others.iter().filter(is_back).map(|other| (*other).clone()).collect();
        if group.contains(*node) && !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}

/// Returns the nodes that one or more edges lead to.
fn reachable<'a, Node: Ord>(start: &'a Node, next: &BTreeMap<&'a Node, Vec<&'a Node>>) -> BTreeSet<&'a Node> {
    let mut found = BTreeSet::new();
    let mut open = vec![start];
    while let Some(node) = open.pop() {
        open.extend(next.get(node).into_iter().flatten().copied().filter(|node| found.insert(*node)));
    }
    found
}

#[test]
fn cycles_are_found_and_chains_are_not() {
    let edges = BTreeSet::from([(0, 1), (1, 2), (2, 1), (3, 0), (4, 5), (5, 6), (6, 4), (7, 7)]);
    assert_eq!(cycles(&edges), [BTreeSet::from([1, 2]), BTreeSet::from([4, 5, 6])]);
}
