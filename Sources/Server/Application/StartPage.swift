import COpenSSL
import Transport
import Wire

/// The page at `/` of a server that has no static folder: who is signed in, how the system is, and where the rest
/// is described. It is what a person sees who follows a sign-in link, and nothing more.
enum StartPage {
    static let route = Route(
        .get, "/", "Who is signed in, and how the system is", access: .anyone, documentation: documentation
    ) { call, _ throws(HTTPError) in
        var response = Response.cached(
            bytes, type: "text/html; charset=utf-8", tag: tag, for: call.request)
        if response.head.status == .ok { response.head.headers[.contentSecurityPolicy] = policy }
        return response
    }

    private static let bytes = Array("\(head)<style>\(style)</style>\(body)<script>\(script)</script>\n".utf8)
    private static let tag = EntityTag.of(bytes)

    /// Nothing runs on it or shapes it but what it came with.
    private static let policy = """
        default-src 'none'; style-src '\(hash(of: style))'; script-src '\(hash(of: script))'; connect-src 'self'; \
        base-uri 'none'; form-action 'none'; frame-ancestors 'none'
        """

    /// As a policy names a script or style that stands in its page (CSP 3, 2.3.1).
    private static func hash(of text: String) -> String {
        var text = text
        var digest = [UInt8](repeating: 0, count: 32)
        // SHA-256 makes 32 bytes, which is the room that is there.
        let isDone = text.withUTF8 {
            unsafe EVP_Digest($0.baseAddress, $0.count, &digest, nil, EVP_sha256(), nil)
        }
        precondition(isDone == 1, "SHA-256 is part of every OpenSSL")
        return "sha256-\(Base64.encode(digest))"
    }

    private static let documentation = {
        var page = Documentation()
        page.text =
            "A page for people. Where `static_folder` is set, the files of that folder are at `/` instead."
        page.responses = [(200, "The page.", nil)]
        page.responseTypes = [(200, "text/html")]
        return page
    }()

    private static let head = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Holdfast</title>

        """

    private static let style = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
        body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
        td { padding: .1rem 1.5rem .1rem 0; vertical-align: top }
        """

    private static let body = """
        <h1>Holdfast</h1>
        <p id="who">This page needs JavaScript to say who is signed in.</p>
        <p><button id="out" hidden>Sign out</button></p>
        <h2>System</h2>
        <p id="state"></p>
        <table><tbody id="parts"></tbody></table>
        <h2>More</h2>
        <p><a href="/api/v1/openapi.json">API description</a> · <a href="/healthz">/healthz</a> ·
        <a href="/readyz">/readyz</a> · <a href="/api/v1/version">version</a></p>

        """

    private static let script = """

        const at = id => document.getElementById(id), say = (id, text) => { at(id).textContent = text };
        const trouble = error => say("who", `It cannot be said who is signed in: ${error.message}.`);

        async function knowsMe() {
          const answer = await fetch("/api/v1/me");
          if (!answer.ok && answer.status !== 401) throw new Error(`the server answers ${answer.status}`);
          at("out").hidden = !answer.ok;
          const me = answer.ok ? await answer.json() : null;
          say("who", me ? `Signed in as ${me.account}, ${me.role}.`
            : "You are not signed in. On the server, `holdfast login-link` prints a link that signs in.");
          return answer.ok;
        }

        function listen() {
          const scheme = location.protocol === "https:" ? "wss:" : "ws:";
          const socket = new WebSocket(`${scheme}//${location.host}/api/v1/ws/system-status`);
          // The server's last word says whether to come again; where there was none, the network broke.
          let again = true;
          socket.onmessage = ({ data }) => {
            const message = JSON.parse(data);
            if (message.type === "system_status_update") show(message);
            if (message.type === "end") again = message.data.retry;
          };
          socket.onclose = ({ code, reason }) => {
            at("parts").replaceChildren();
            say("state", `Not connected: ${code} ${reason}`);
            if (again) setTimeout(listen, 1000 + 4000 * Math.random());
            else knowsMe().catch(trouble);
          };
        }

        function show({ ts, data, stale }) {
          const time = new Date(ts).toLocaleString();
          say("state", !data ? `Not known. ${stale}`
            : stale ? `Not current. ${stale} Last seen: ${data.status}, ${time}.`
            : `${data.status}; last change ${time}.`);
          at("parts").replaceChildren(...Object.entries(data?.components ?? {}).map(([name, { status, message }]) => {
            const row = document.createElement("tr");
            for (const text of [name, status, message]) row.insertCell().textContent = text;
            return row;
          }));
        }

        at("out").onclick = () => fetch("/api/v1/sign-out", { method: "POST" }).then(knowsMe).catch(trouble);
        knowsMe().then(known => known ? listen() : say("state", "Shown to those who are signed in.")).catch(trouble);

        """
}
