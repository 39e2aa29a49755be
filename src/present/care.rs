//! What a listener should know before anything else.

/// Where someone to talk to is found, in every country.
pub(crate) const HELPLINE: &str = "findahelpline.com";

/// One line: this is no therapy, and where to turn in an emergency. `what` is what it is said of.
pub(crate) fn care(what: &str) -> String {
    format!("{}{HELPLINE}.", care_before_helpline(what))
}

/// [`care`] as far as the name of [`HELPLINE`], for a page in which that is a link.
pub(crate) fn care_before_helpline(what: &str) -> String {
    format!(
        "{what} is not therapy, and it is no help in an emergency. If you might hurt yourself, call your local emergency number, \
         or find someone to talk to at "
    )
}
