import Configuration
import Glibc
import Loop
import Terminals

/// What the server has to do for its terminals beside answering requests.
extension HoldfastServer {
    /// Takes over the terminals that an earlier life left to their holders, before anybody can ask for one.
    func prepareTerminals() async throws {
        guard settings.terminals.enabled else { return recordingKeeper.start(on: group.loops[0]) }
        // What is in them speaks for terminals, and of them: they are for this user alone.
        for folder in [terminals.setting.folder, terminals.setting.recordings] {
            guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST, unsafe chmod(folder, 0o700) == 0 else {
                throw StartFailure(.configuration, "A folder cannot be made: \(SystemError(folder))")
            }
        }
        let found = await terminals.adopt()
        recordingKeeper.start(on: group.loops[0])
        guard found.adopted + found.lost > 0 else { return }
        log.info(
            "found terminals of an earlier life",
            ["adopted": .number(found.adopted), "lost": .number(found.lost)])
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
