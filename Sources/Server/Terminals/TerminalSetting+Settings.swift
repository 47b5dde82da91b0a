import Configuration
import Terminals

extension TerminalSetting {
    init(_ settings: Settings) {
        let terminals = settings.terminals
        // Holders do not run where the server does.
        let data = FolderPath.real(settings.data) ?? settings.data
        self.init(folder: data + "/terminals")
        recordings = data + "/recordings"
        recordingBytes = terminals.recordingBytes
        windowBytes = terminals.window
        highWater = UInt64(min(terminals.highWater, terminals.window / 2))
        lowWater = min(UInt64(terminals.lowWater), highWater)
        neverAttached = terminals.neverAttached
        detached = terminals.detached
        idle = terminals.idle
        life = terminals.maxLife
        notice = terminals.notice
        afterHangup = terminals.afterHangup
        afterTerminate = terminals.afterTerminate
        outlive = terminals.enabled ? terminals.surviveRestart : nil
        keepEnded = terminals.keepEnded
        perPerson = terminals.perPerson
        all = terminals.all
    }
}
