//! What a listener should know before anything else.

/// One line: this is no therapy, and where to turn in an emergency. `what` is what it is said of.
pub(crate) fn care(what: &str) -> String {
    format!(
        "{what} is not therapy, and it is no help in an emergency. If you might hurt yourself, call your local emergency number, \
         or find someone to talk to at findahelpline.com."
    )
}
