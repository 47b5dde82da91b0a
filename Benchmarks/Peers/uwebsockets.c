// uWebSockets as PyPI's socketify carries it: its C interface, without a line of Python in between.
// usage: uwebsockets PORT: /echo sends back what it gets; /pub says it to everyone at /sub.

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// What socketify 0.0.31 exports and has no header for.
typedef struct app App;
typedef struct webSocket WebSocket;
typedef struct { const char *files[6]; int preferLowMemory; } SocketOptions;
typedef struct { int port; const char *host; int options; } ListenOptions;
typedef void (*Handler)(WebSocket *, void *);
typedef void (*MessageHandler)(WebSocket *, const char *, size_t, int opcode, void *);
typedef struct {
    int compression;
    unsigned maxPayloadLength;
    unsigned short idleTimeout;
    unsigned maxBackpressure;
    bool closeOnBackpressureLimit, resetIdleTimeoutOnSend, sendPingsAutomatically;
    unsigned short maxLifetime;
    void *upgrade;
    Handler open;
    MessageHandler message;
    Handler drain;
    void *ping, *pong, *close, *subscription;
} Behavior;

App *uws_create_app(int ssl, SocketOptions);
void uws_ws(int ssl, App *, const char *pattern, Behavior, void *);
void uws_app_listen_with_config(int ssl, App *, ListenOptions, void (*)(void *, ListenOptions, void *), void *);
void uws_app_run(int ssl, App *);
int uws_ws_send(int ssl, WebSocket *, const char *, size_t, int opcode);
bool uws_ws_subscribe(int ssl, WebSocket *, const char *topic, size_t);
bool uws_publish(
    int ssl, App *, const char *topic, size_t, const char *message, size_t, int opcode, bool compress);

static const char topic[] = "bench";

static void sendBack(WebSocket *socket, const char *message, size_t length, int opcode, void *app) {
    uws_ws_send(0, socket, message, length, opcode);
}

static void subscribe(WebSocket *socket, void *app) { uws_ws_subscribe(0, socket, topic, sizeof topic - 1); }

static void publish(WebSocket *socket, const char *message, size_t length, int opcode, void *app) {
    uws_publish(0, app, topic, sizeof topic - 1, message, length, opcode, false);
}

static void listening(void *socket, ListenOptions options, void *app) {
    if (socket) return;
    fprintf(stderr, "uwebsockets: port %d is taken\n", options.port);
    exit(1);
}

int main(int count, char **arguments) {
    if (count != 2) return 64;
    // A client that leaves during a large send ends it otherwise.
    signal(SIGPIPE, SIG_IGN);
    App *app = uws_create_app(0, (SocketOptions){0});
    Behavior common = {
        .maxPayloadLength = 1 << 20, .idleTimeout = 120, .maxBackpressure = 1 << 26, .sendPingsAutomatically = true};
    Behavior echo = common, subscriber = common, publisher = common;
    echo.message = sendBack;
    subscriber.open = subscribe;
    publisher.message = publish;
    uws_ws(0, app, "/echo", echo, app);
    uws_ws(0, app, "/sub", subscriber, app);
    uws_ws(0, app, "/pub", publisher, app);
    uws_app_listen_with_config(0, app, (ListenOptions){atoi(arguments[1]), "127.0.0.1", 0}, listening, app);
    uws_app_run(0, app);
}
