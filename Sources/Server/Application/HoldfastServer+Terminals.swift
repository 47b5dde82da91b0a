import Configuration
import Glibc
import Loop
import Terminals

/// What the server has to do for its terminals beside answering requests.
extension HoldfastServer {
    /// Takes over the terminals that an earlier life left to their holders, before anybody can ask for one; or ends
    /// them, where there are to be none.
    func prepareTerminals() async throws {
        if settings.terminals.enabled { try makeTerminalFolders() }
        let found = await terminals.adopt()
        recordingKeeper.start(on: group.loops[0])
        guard !found.isEmpty else { return }
        var fields: LogFields = [:]
        for fate in EarlierTerminal.allCases { fields.append(fate.rawValue, .number(found[fate] ?? 0)) }
        log.info("found terminals of an earlier life", fields)
    }

    private func makeTerminalFolders() throws {
        // What is in them speaks for terminals, and of them: they are for this user alone.
        for folder in [terminals.setting.folder, terminals.setting.recordings] {
            guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST, unsafe chmod(folder, 0o700) == 0 else {
                throw StartFailure(.configuration, "A folder cannot be made: \(SystemError(folder))")
            }
        }
    }

    func makeTerminalEndpoints() -> TerminalEndpoints {
        let launcher = TerminalLauncher(
            settings: settings.terminals, dataFolder: FolderPath.real(settings.data) ?? settings.data,
            offload: probing)
        return TerminalEndpoints(
            terminals: terminals, templates: terminalTemplates, launcher: launcher, accounts: accounts,
            audit: audit, offload: offload)
    }
}
