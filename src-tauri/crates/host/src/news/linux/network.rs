//! What the kernel tells of interfaces, addresses and routes: rtnetlink(7).

use std::{io, sync::Arc};

use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use rtnetlink::{
    Handle, MulticastGroup, new_connection, new_multicast_connection,
    packet_core::NetlinkPayload,
    packet_route::{RouteNetlinkMessage, route::RouteMessage},
};
use tokio::{task::JoinSet, time::timeout_at};

use super::picture::{Picture, Told, concerns};
use crate::news::{Board, News, settling::Settling};

const GROUPS: [MulticastGroup; 5] = [
    MulticastGroup::Link,
    MulticastGroup::Ipv4Ifaddr,
    MulticastGroup::Ipv6Ifaddr,
    MulticastGroup::Ipv4Route,
    MulticastGroup::Ipv6Route,
];

type Payload = NetlinkPayload<RouteNetlinkMessage>;

/// What the kernel tells by itself, and the way to ask it.
pub(super) struct Network {
    told: BoxStream<'static, Payload>,
    kernel: Handle,
}

impl Network {
    /// Listens from now on; what carries the words is spawned onto `tasks`.
    pub(super) fn new(tasks: &mut JoinSet<()>) -> io::Result<Self> {
        let (listening, _, told) = new_multicast_connection(&GROUPS)?;
        // Questions have a socket of their own: on the other, an answer could be mistaken for what another program has
        // brought about, since that carries the number of that program's question.
        let (asking, kernel, _) = new_connection()?;
        tasks.spawn(listening);
        tasks.spawn(asking);
        Ok(Self { told: told.map(|(message, _)| message.payload).boxed(), kernel })
    }

    pub(super) async fn follow(mut self, board: Arc<Board>) {
        let Ok(mut picture) = draw(&self.kernel).await else { return };
        // What is heard first may have happened before the picture was drawn, and be in it already.
        let mut missed = false;
        let beginning = Settling::begin();
        while let Ok(Some(message)) = timeout_at(beginning.end(), self.told.next()).await {
            missed |= concerns(&message);
        }
        if missed {
            picture = draw(&self.kernel).await.unwrap_or(picture);
            board.post(News::NetworkChanged);
        }
        while let Some(message) = self.told.next().await {
            let mut told = picture.told_by(&message);
            if told == Told::Nothing {
                continue;
            }
            let mut settling = Settling::begin();
            while let Ok(Some(message)) = timeout_at(settling.end(), self.told.next()).await {
                let more = picture.told_by(&message);
                if more != Told::Nothing {
                    settling.go_on();
                    told = told.max(more);
                }
            }
            match draw(&self.kernel).await {
                Ok(now) => {
                    // What was lost and came back broke what went that way all the same.
                    if told == Told::Loss || !now.leads_where(&picture) {
                        board.post(News::NetworkChanged);
                    }
                    picture = now;
                }
                Err(_) => board.post(News::NetworkChanged),
            }
        }
    }
}

async fn draw(kernel: &Handle) -> Result<Picture, rtnetlink::Error> {
    Ok(Picture::new(
        kernel.link().get().execute().try_collect().await?,
        kernel.address().get().execute().try_collect().await?,
        kernel.route().get(RouteMessage::default()).execute().try_collect().await?,
    ))
}
