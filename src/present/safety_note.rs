//! The note about therapy and emergencies.

/// The address of a list of helplines in every country.
pub(crate) const HELPLINE: &str = "findahelpline.com";

/// Returns a sentence saying that `subject` is not therapy, and where to turn in an emergency.
pub(crate) fn safety_note(subject: &str) -> String {
    format!("{}{HELPLINE}.", safety_note_before_helpline(subject))
}

/// Returns [`safety_note`] up to the name of [`HELPLINE`], for a page in which that is a link.
pub(crate) fn safety_note_before_helpline(subject: &str) -> String {
    format!(
        "{subject} is not therapy, and it is no help in an emergency. If you might hurt yourself, call your local emergency number, \
         or find someone to talk to at "
    )
}
