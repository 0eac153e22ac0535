//! Functions that call themselves and each other, and what they are to a trait that they implement.
#![deny(warnings)]

use aplomb::shielded;

#[shielded]
async fn down(count: u32) -> u32 {
    if count == 0 {
        return 0;
    }
    Box::pin(down(count - 1)).await + 1
}

#[shielded(inline)]
async fn down_inline(count: &mut u32) -> u32 {
    if *count == 0 {
        return 0;
    }
    *count -= 1;
    Box::pin(down_inline(count)).await + 1
}

#[shielded]
async fn even(count: u32) -> bool {
    count == 0 || odd(count - 1).await
}

#[shielded]
async fn odd(count: u32) -> bool {
    count != 0 && Box::pin(even(count - 1)).await
}

pub trait Count {
    fn sent(self) -> impl Future<Output = u32> + Send;

    fn not_sent(self) -> impl Future<Output = u32>;

    #[allow(async_fn_in_trait)]
    async fn written(self) -> u32;
}

impl Count for u32 {
    #[shielded]
    async fn sent(self) -> u32 {
        down(self).await
    }

    #[shielded]
    async fn not_sent(self) -> u32 {
        down(self).await
    }

    #[shielded]
    async fn written(self) -> u32 {
        down(self).await
    }
}

#[tokio::main]
async fn main() {
    assert_eq!(down(3).await, 3);
    assert_eq!(down_inline(&mut 3).await, 3);
    assert!(even(4).await && odd(3).await);
    let all = tokio::spawn(async { 2.sent().await + even(2).await as u32 });
    assert_eq!(all.await.unwrap(), 3);
    assert_eq!(2.not_sent().await + 3.written().await, 5);
}
