//! The code blocks of a page.

/// A fenced code block.
pub(crate) struct Fence {
    pub(crate) language: String,
    /// The words after the language.
    pub(crate) marks: Vec<String>,
    pub(crate) text: String,
}

/// Returns every code block of a page, in order.
pub(crate) fn fences(page: &str) -> Vec<Fence> {
    let mut fences = Vec::new();
    let mut open: Option<Fence> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => fences.extend(open.take()),
            (Some(head), None) => {
                let mut words = head.split_whitespace().map(str::to_owned);
                let language = words.next().unwrap_or_default();
                open = Some(Fence { language, marks: words.collect(), text: String::new() });
            }
            (None, Some(fence)) => fence.text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    fences
}
