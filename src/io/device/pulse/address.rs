//! The addresses of the sound server, as found by libpulse.

use std::ffi::OsString;
use std::path::PathBuf;

/// The default port of a server.
const DEFAULT_PORT: u16 = 4713;
/// The path of the socket within a user's runtime folder.
const SOCKET_IN_RUNTIME_FOLDER: &str = "pulse/native";

/// The address of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ServerAddress {
    /// A socket in the file system.
    Unix(PathBuf),
    /// A host name or address, and a port.
    Tcp(String, u16),
}

/// Returns the servers to try in order: those of `PULSE_SERVER`, and only those if there are any; otherwise the user's own. `variable`
/// reads an environment variable, and `user` is the user id.
pub(super) fn server_addresses(variable: impl Fn(&str) -> Option<OsString>, user: u32) -> Vec<ServerAddress> {
    let variable = |name| variable(name).filter(|value| !value.is_empty());
    if let Some(list) = variable("PULSE_SERVER") {
        return list.to_string_lossy().split_whitespace().filter_map(parse_address).collect();
    }
    let pulse_folder = variable("PULSE_RUNTIME_PATH").map(PathBuf::from);
    let named = pulse_folder.iter().flat_map(|folder| [folder.join("native"), folder.join(SOCKET_IN_RUNTIME_FOLDER)]);
    // Cron and systemd's system units start programs without the variable.
    let runtime_folder =
        variable("XDG_RUNTIME_DIR").map_or_else(|| PathBuf::from(format!("/run/user/{user}")), PathBuf::from);
    named.chain([runtime_folder.join(SOCKET_IN_RUNTIME_FOLDER)]).map(ServerAddress::Unix).collect()
}

/// Parses an entry of `PULSE_SERVER`. A leading `{machine}`, which limits an entry to one machine, is ignored, because a server that does
/// not exist does not answer.
fn parse_address(entry: &str) -> Option<ServerAddress> {
    let entry = match entry.strip_prefix('{') {
        Some(rest) => rest.split_once('}')?.1,
        None => entry,
    };
    if let Some(path) = entry.strip_prefix("unix:") {
        return Some(ServerAddress::Unix(path.into()));
    }
    if entry.starts_with('/') {
        return Some(ServerAddress::Unix(entry.into()));
    }
    let host = ["tcp:", "tcp4:", "tcp6:"].iter().find_map(|prefix| entry.strip_prefix(prefix)).unwrap_or(entry);
    parse_host(host)
}

/// Parses `host`, `host:port`, `[address]` or `[address]:port`; an address with several colons and no brackets has no port.
fn parse_host(text: &str) -> Option<ServerAddress> {
    let (host, port) = if let Some(bracketed) = text.strip_prefix('[') {
        let (host, rest) = bracketed.split_once(']')?;
        (host, rest.strip_prefix(':'))
    } else {
        match text.split_once(':') {
            Some((host, port)) if !port.contains(':') => (host, Some(port)),
            _ => (text, None),
        }
    };
    let port = port.map_or(Some(DEFAULT_PORT), |port| port.parse().ok())?;
    (!host.is_empty()).then(|| ServerAddress::Tcp(host.to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(variables: &[(&str, &str)]) -> Vec<ServerAddress> {
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        server_addresses(value, 1000)
    }

    fn unix(path: &str) -> ServerAddress {
        ServerAddress::Unix(path.into())
    }

    fn tcp(host: &str, port: u16) -> ServerAddress {
        ServerAddress::Tcp(host.to_owned(), port)
    }

    #[test]
    fn every_form_of_an_address_is_parsed() {
        for (text, address) in [
            ("unix:/run/a/native", unix("/run/a/native")),
            ("/run/a/native", unix("/run/a/native")),
            ("{0123456789abcdef}unix:/run/a/native", unix("/run/a/native")),
            ("tcp:sofa:4000", tcp("sofa", 4000)),
            ("tcp4:192.0.2.7", tcp("192.0.2.7", 4713)),
            ("tcp6:[2001:db8::7]:4000", tcp("2001:db8::7", 4000)),
            ("[::1]", tcp("::1", 4713)),
            ("::1", tcp("::1", 4713)),
            ("sofa", tcp("sofa", 4713)),
            ("sofa:4000", tcp("sofa", 4000)),
        ] {
            assert_eq!(addresses(&[("PULSE_SERVER", text)]), [address], "{text}");
        }
    }

    #[test]
    fn a_list_is_tried_in_order_and_invalid_addresses_are_skipped() {
        let list = "{unfinished unix:/stale  tcp:sofa:no-port tcp: /run/b tcp:sofa";
        assert_eq!(addresses(&[("PULSE_SERVER", list)]), [unix("/stale"), unix("/run/b"), tcp("sofa", 4713)]);
    }

    #[test]
    fn the_users_own_server_is_the_default() {
        let own = [unix("/run/user/1000/pulse/native")];
        assert_eq!(addresses(&[]), own);
        assert_eq!(addresses(&[("PULSE_SERVER", ""), ("XDG_RUNTIME_DIR", "")]), own);
        assert_eq!(addresses(&[("XDG_RUNTIME_DIR", "/tmp/x")]), [unix("/tmp/x/pulse/native")]);
        assert_eq!(
            addresses(&[("PULSE_RUNTIME_PATH", "/tmp/p"), ("XDG_RUNTIME_DIR", "/tmp/x")]),
            [unix("/tmp/p/native"), unix("/tmp/p/pulse/native"), unix("/tmp/x/pulse/native")]
        );
    }
}
