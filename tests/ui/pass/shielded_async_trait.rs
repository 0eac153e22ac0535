//! Methods that `#[async_trait]` has made functions of which return a boxed future, and such
//! functions as they are written by hand.
#![deny(warnings)]

use aplomb::{Shutdown, shielded};
use async_trait::async_trait;
use std::pin::Pin;
use std::sync::Arc;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
type LocalBoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

fn held() -> bool {
    !Shutdown::new().held_shields().is_empty()
}

#[async_trait]
trait Store: Send + Sync {
    #[shielded(inline)]
    async fn by_default(&self, text: &str) -> Result<usize, String> {
        tokio::task::yield_now().await;
        if text.is_empty() {
            return Err("empty".into());
        }
        let length = Some(text.len()).ok_or("never")?;
        assert!(held());
        Ok(length)
    }

    async fn inline(&mut self, value: u8) -> &u8;

    async fn owned(self: Arc<Self>, text: String) -> bool;

    async fn taken(self, text: String) -> bool
    where
        Self: Sized;

    fn by_hand(&self) -> BoxFuture<'_, bool>;
}

struct Files(u8);

#[async_trait]
impl Store for Files {
    #[shielded(inline, name = "the store")]
    async fn inline(&mut self, value: u8) -> &u8 {
        assert!(held());
        self.0 += value;
        &self.0
    }

    #[shielded]
    async fn owned(self: Arc<Self>, text: String) -> bool {
        tokio::task::yield_now().await;
        held() && text.len() == usize::from(self.0)
    }

    #[shielded]
    async fn taken(self, text: String) -> bool {
        tokio::task::yield_now().await;
        held() && text.len() == usize::from(self.0)
    }

    #[shielded(inline)]
    fn by_hand(&self) -> BoxFuture<'_, bool> {
        if self.0 == 0 {
            return Box::pin(async { false });
        }
        Box::pin(async { held() })
    }
}

#[async_trait(?Send)]
trait Local {
    async fn commit(&self) -> bool;
}

#[async_trait(?Send)]
impl Local for std::rc::Rc<u8> {
    #[shielded(inline)]
    async fn commit(&self) -> bool {
        tokio::task::yield_now().await;
        held()
    }
}

#[shielded]
fn boxed(early: bool) -> BoxFuture<'static, bool> {
    if early {
        return Box::pin(async { false });
    }
    Box::pin(async { held() })
}

#[shielded(inline)]
fn local(value: &u8) -> LocalBoxFuture<'_, bool> {
    Box::pin(async move { held() && *value > 0 })
}

#[tokio::main]
async fn main() {
    let mut store = Files(1);
    assert_eq!(store.by_default("ab").await, Ok(2));
    assert!(store.by_default("").await.is_err());
    assert_eq!(store.inline(2).await, &3);
    assert!(store.by_hand().await);
    assert!(Arc::new(Files(3)).owned("abc".into()).await);
    assert!(store.taken("abc".into()).await);
    assert!(!Files(0).by_hand().await);
    assert!(std::rc::Rc::new(1).commit().await);
    assert!(boxed(false).await);
    assert!(!boxed(true).await);
    assert!(local(&1).await);
    assert!(!held());
}
