//! The note about therapy and emergencies.

/// The address of a list of helplines in every country.
pub(crate) const HELPLINE: &str = "findahelpline.com";

/// Returns a sentence that says that `what` is no therapy, and where to turn in an emergency.
pub(crate) fn care(what: &str) -> String {
    format!("{}{HELPLINE}.", care_before_helpline(what))
}

/// Returns [`care`] up to the name of [`HELPLINE`], for a page in which that is a link.
pub(crate) fn care_before_helpline(what: &str) -> String {
    format!(
        "{what} is not therapy, and it is no help in an emergency. If you might hurt yourself, call your local emergency number, \
         or find someone to talk to at "
    )
}
