"""A bot behind a webhook, written with the official Python SDK's handler of HTTP events.

    BOT_ENCRYPT_KEY=… BOT_VERIFICATION_TOKEN=… python http_bot.py [p1:TYPE | p2:TYPE …]

Standard output is one JSON object a line: {"listening": PORT} at first; {"received": EVENT}, an event as the SDK's own
classes hold it; {"answered": STATUS, "body": TEXT}, what the SDK's handler had it answer. The SDK's log goes to standard error.
Types that are named are taken besides all those that the SDK has classes for.

A message whose text has "fail once" in it makes its handler raise, the first time. A card action whose value says
{"sleep": SECONDS} makes its handler sleep.
"""

import http.server
import inspect
import json
import logging
import os
import sys
import threading
import time

import lark_oapi as lark
from lark_oapi.core.exception import EventException
from lark_oapi.core.model import RawRequest
from lark_oapi.event.callback.model.p2_card_action_trigger import P2CardActionTriggerResponse
from lark_oapi.event.callback.model.p2_url_preview_get import P2URLPreviewGetResponse

saying = threading.Lock()
failed = set()


def say(fact):
    with saying:
        print(json.dumps(fact, ensure_ascii=False), flush=True)


def received(data):
    say({"received": json.loads(lark.JSON.marshal(data))})


def message(data):
    if "fail once" in data.event.message.content and data.header.event_id not in failed:
        failed.add(data.header.event_id)
        raise RuntimeError("the handler raises")
    received(data)


def card_action(data):
    received(data)
    time.sleep((data.event.action.value or {}).get("sleep", 0))
    return P2CardActionTriggerResponse({"toast": {"type": "success", "content": "已收到 " + data.event.action.tag}})


def url_preview(data):
    received(data)
    return P2URLPreviewGetResponse({"inline": {"title": "preview of " + data.event.context.url}})


def events():
    builder = lark.EventDispatcherHandler.builder(
        os.environ.get("BOT_ENCRYPT_KEY", ""), os.environ.get("BOT_VERIFICATION_TOKEN", "")
    )
    builder.register_p2_im_message_receive_v1(message)
    builder.register_p2_card_action_trigger(card_action)
    builder.register_p2_url_preview_get(url_preview)
    own = ("im_message_receive_v1", "card_action_trigger", "url_preview_get")
    for name, register in inspect.getmembers(builder, inspect.ismethod):
        if name.startswith("register_p") and not name.endswith(("customized_event", *own)):
            register(received)
    for named in sys.argv[1:]:
        schema, event_type = named.split(":", 1)
        register = builder.register_p1_customized_event if schema == "p1" else builder.register_p2_customized_event
        try:
            register(event_type, received)
        except EventException:
            pass  # It has a class of its own.
    return builder.build()


class Webhook(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    events = None

    def do_POST(self):
        request = RawRequest()
        request.uri = self.path
        request.headers = self.headers
        request.body = self.rfile.read(int(self.headers["Content-Length"]))
        response = self.events.do(request)
        self.send_response(response.status_code)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.content)))
        self.end_headers()
        self.wfile.write(response.content)
        say({"answered": response.status_code, "body": response.content.decode()})

    def log_message(self, *_):
        pass


def main():
    for handler in logging.getLogger("Lark").handlers:
        handler.setStream(sys.stderr)
    Webhook.events = events()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Webhook)
    say({"listening": server.server_address[1]})
    server.serve_forever()


main()
