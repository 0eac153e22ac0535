//! Many clients at once, who write and read until there is nobody to answer them.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use super::client::{Client, request};
use super::service::id;

/// What clients do when the service is about to stop.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Manners {
    /// The clients send no more requests once `/ready` says that the service is not ready, as behind a load
    /// balancer.
    Balanced,
    /// The clients go on until they are refused.
    Stubborn,
}

pub struct Load {
    clients: Vec<JoinHandle<Account>>,
    answered: Arc<AtomicUsize>,
    unready: Arc<AtomicBool>,
}

/// What a client has seen.
#[derive(Default)]
pub struct Account {
    /// The notes that were acknowledged.
    pub acknowledged: BTreeMap<u64, String>,
    pub answered: usize,
    /// Requests that got no answer. The time is when the request was sent, or when sending it failed.
    pub unanswered: Vec<(Instant, io::Error)>,
    /// Answers that report no success.
    pub wrong: Vec<String>,
}

impl Load {
    /// Starts the clients. Half of them keep their connections, the others make a new one for each request.
    pub fn start(address: SocketAddr, clients: usize, manners: Manners) -> Load {
        let answered = Arc::new(AtomicUsize::new(0));
        let unready = Arc::new(AtomicBool::new(false));
        let client = |number| {
            let (answered, unready) = (Arc::clone(&answered), Arc::clone(&unready));
            thread::spawn(move || {
                let mut account = Account::default();
                let mut connection = None;
                for turn in 0.. {
                    if manners == Manners::Balanced && unready.load(SeqCst) {
                        break;
                    }
                    let note = format!("client {number} turn {turn}");
                    let mut sent = None;
                    if let Err(error) = account.one(&mut connection, address, note, &mut sent) {
                        let at = sent.unwrap_or_else(Instant::now);
                        account.unanswered.push((at, error));
                        break;
                    }
                    answered.fetch_add(1, SeqCst);
                    if number % 2 == 0 {
                        connection = None;
                    }
                }
                account
            })
        };
        Load {
            clients: (0..clients).map(client).collect(),
            answered,
            unready,
        }
    }

    pub fn answered(&self) -> usize {
        self.answered.load(SeqCst)
    }

    /// Tells the clients that the load balancer has seen that the service is not ready.
    pub fn turn_away(&self) {
        self.unready.store(true, SeqCst);
    }

    pub fn wait(self) -> Account {
        let mut all = Account::default();
        for client in self.clients {
            let mut account = client.join().unwrap();
            let before = all.acknowledged.len() + account.acknowledged.len();
            all.acknowledged.append(&mut account.acknowledged);
            assert_eq!(all.acknowledged.len(), before, "two notes have one id");
            all.answered += account.answered;
            all.unanswered.append(&mut account.unanswered);
            all.wrong.append(&mut account.wrong);
        }
        all
    }
}

impl Account {
    /// Makes one request: it writes a note, or in every third turn it reads the notes that are there.
    fn one(
        &mut self,
        connection: &mut Option<Client>,
        address: SocketAddr,
        note: String,
        sent: &mut Option<Instant>,
    ) -> io::Result<()> {
        let client = match connection {
            Some(client) => client,
            None => connection.insert(Client::connect(address)?),
        };
        let reads = self.answered % 3 == 2;
        client.send(&if reads {
            request("GET", "/notes", "")
        } else {
            request("POST", "/notes", &note)
        })?;
        *sent = Some(Instant::now());
        let answer = client.answer()?;
        self.answered += 1;
        if answer.is_last {
            *connection = None;
        }
        match (reads, answer.status) {
            (true, 200) => {}
            (false, 201) => {
                self.acknowledged.insert(id(&answer.body), note);
            }
            _ => self
                .wrong
                .push(format!("{}: {}", answer.status, answer.body)),
        }
        Ok(())
    }
}
