/** Where the example takes events. */
export const EXAMPLE_URL = 'http://127.0.0.1:3000/webhook/event'

export const EXAMPLE_INSTALL = 'pip install lark-oapi flask'

/** A bot that takes events over HTTP, with the official SDK. */
export const EXAMPLE = `import lark_oapi as lark
from flask import Flask
from lark_oapi.adapter.flask import parse_req, parse_resp


def on_message(data: lark.im.v1.P2ImMessageReceiveV1) -> None:
    print(lark.JSON.marshal(data))


# Any two will do for a test. Enter the same ones in Longwire.
ENCRYPT_KEY = "test-encrypt-key"
VERIFICATION_TOKEN = "test-token"

handler = (
    lark.EventDispatcherHandler.builder(ENCRYPT_KEY, VERIFICATION_TOKEN)
    .register_p2_im_message_receive_v1(on_message)
    .build()
)
app = Flask(__name__)


@app.route("/webhook/event", methods=["POST"])
def event():
    return parse_resp(handler.do(parse_req()))


if __name__ == "__main__":
    app.run(port=3000)
`
