"""The official Python SDK, unmodified, as a client of the platform at a URL.

    LONGWIRE_APP_SECRET=… python sdk_client.py URL APP_ID

Standard output is one JSON object a line: {"received": EVENT} is an event as the SDK's own model classes hold it,
without what they do not know; {"reconnecting": true} and {"reconnected": true} are the SDK's news of its link. Its log
goes to standard error.
"""

import json
import logging
import os
import sys

import lark_oapi as lark
from lark_oapi.event.callback.model.p2_card_action_trigger import P2CardActionTriggerResponse
from lark_oapi.event.callback.model.p2_url_preview_get import P2URLPreviewGetResponse


def say(fact):
    print(json.dumps(fact, ensure_ascii=False), flush=True)


def received(data):
    say({"received": json.loads(lark.JSON.marshal(data))})


def card_action(data):
    received(data)
    return P2CardActionTriggerResponse({"toast": {"type": "success", "content": "已收到 " + data.event.action.tag}})


def url_preview(data):
    received(data)
    return P2URLPreviewGetResponse({"inline": {"title": "preview of " + data.event.context.url}})


def main():
    url, app_id = sys.argv[1:]
    for handler in logging.getLogger("Lark").handlers:
        handler.setStream(sys.stderr)
    events = (
        lark.EventDispatcherHandler.builder("", "")
        .register_p2_im_message_receive_v1(received)
        .register_p2_im_message_reaction_created_v1(received)
        .register_p2_im_chat_member_bot_added_v1(received)
        .register_p2_im_chat_member_bot_deleted_v1(received)
        .register_p2_application_bot_menu_v6(received)
        .register_p2_card_action_trigger(card_action)
        .register_p2_url_preview_get(url_preview)
        .register_p1_customized_event("approval_instance", received)
        .build()
    )
    client = lark.ws.Client(
        app_id,
        os.environ["LONGWIRE_APP_SECRET"],
        log_level=lark.LogLevel.ERROR,
        event_handler=events,
        domain=url,
    )
    client.on_reconnecting = lambda: say({"reconnecting": True})
    client.on_reconnected = lambda: say({"reconnected": True})
    client.start()


main()
