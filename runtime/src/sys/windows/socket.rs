//! Whether a socket is ready: `IOCTL_AFD_POLL`, the request to the driver of sockets by which `WSAPoll` and `select`
//! look.
//!
//! `WSAPoll` sleeps on sockets alone, and on no event. `WSAEventSelect` has one event for a socket, and takes the one
//! of the thread away that has asked before; and it makes the socket non-blocking. The request has neither fault: any
//! number of threads may wait for one socket, and what is ready already is told at once. It is not in the API's
//! documentation, but what mio, `polling` and libuv wait by. As mio does, this sends it to a handle of the driver that
//! belongs to no socket: a socket that was not opened for overlapped requests would block the thread in the request
//! itself, where no event reaches it.

use std::fs::OpenOptions;
use std::io;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::{AsRawHandle, AsRawSocket, AsSocket, BorrowedSocket, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Foundation::{ERROR_IO_PENDING, HANDLE};
use windows_sys::Win32::Networking::WinSock::{SIO_BASE_HANDLE, WSAIoctl};
use windows_sys::Win32::Storage::FileSystem::{FILE_FLAG_OVERLAPPED, SYNCHRONIZE};
use windows_sys::Win32::System::IO::{CancelIoEx, DeviceIoControl, OVERLAPPED};
use windows_sys::Win32::System::Threading::INFINITE;
use windows_sys::core::BOOL;

use super::handle::{check, is, size};
use super::wait::{Armed, Source, wait_for};
use crate::sys::Interest;

/// The driver of sockets, by its place among all that the system has names for. What comes behind its own name only has
/// to be there.
const DRIVER: &str = r"\\.\GLOBALROOT\Device\Afd\Aplomb";

const IOCTL_AFD_POLL: u32 = 0x1_2024;

// What may have happened to a socket: data, a connection to accept; the end of what the other side sends; a connection
// that was reset or not made; the socket is closed here.
const RECEIVE: u32 = 0x1;
const ACCEPT: u32 = 0x80;
const SEND: u32 = 0x4;
const DISCONNECT: u32 = 0x8;
const ABORT: u32 = 0x10;
const LOCAL_CLOSE: u32 = 0x20;
const CONNECT_FAIL: u32 = 0x100;

/// A socket of the user's, and what is to be waited for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Descriptor<'a> {
    socket: BorrowedSocket<'a>,
    interest: Interest,
}

impl<'a> Descriptor<'a> {
    pub(crate) fn new(of: &'a impl AsSocket, interest: Interest) -> Self {
        let socket = of.as_socket();
        Descriptor { socket, interest }
    }
}

impl Source for Descriptor<'_> {
    fn arm(&self) -> io::Result<Armed> {
        let read = RECEIVE | ACCEPT | DISCONNECT;
        let wanted = match self.interest {
            Interest::Read => read,
            Interest::Write => SEND | CONNECT_FAIL,
            Interest::Both => read | SEND | CONNECT_FAIL,
        };
        Poll::begin(self.socket, wanted | ABORT | LOCAL_CLOSE).map(Armed::Poll)
    }
}

/// A request that is under way, until this is dropped.
#[derive(Debug)]
pub(crate) struct Poll {
    /// The driver, opened for this request alone. So its handle is signalled when the request is done.
    driver: OwnedHandle,
    /// What the driver reads and writes while the request is under way. Nobody else touches it, and it does not move.
    request: *mut Request,
}

#[repr(C)]
struct Request {
    overlapped: OVERLAPPED,
    info: Info,
}

/// `AFD_POLL_INFO`, with one `AFD_POLL_HANDLE_INFO`.
#[repr(C)]
struct Info {
    timeout: i64,
    count: u32,
    exclusive: u32,
    handle: HANDLE,
    events: u32,
    status: i32,
}

impl Poll {
    fn begin(socket: BorrowedSocket<'_>, events: u32) -> io::Result<Self> {
        let info = Info {
            timeout: i64::MAX,
            count: 1,
            exclusive: 0,
            handle: base_of(socket)?,
            events,
            status: 0,
        };
        let size = size(&info);
        let driver: OwnedHandle = OpenOptions::new()
            .access_mode(SYNCHRONIZE)
            .custom_flags(FILE_FLAG_OVERLAPPED)
            .open(DRIVER)?
            .into();
        let overlapped = OVERLAPPED::default();
        let request = Box::into_raw(Box::new(Request { overlapped, info }));
        // SAFETY: the memory is valid for the request until `drop` has seen its end, and the driver takes one buffer
        // for what it reads and writes. Without an event the request has the handle signalled.
        let begun = check(unsafe {
            let info = (&raw mut (*request).info).cast();
            let overlapped = &raw mut (*request).overlapped;
            let handle = driver.as_raw_handle();
            DeviceIoControl(
                handle,
                IOCTL_AFD_POLL,
                info,
                size,
                info,
                size,
                ptr::null_mut(),
                overlapped,
            )
        });
        match begun {
            Err(error) if !is(&error, ERROR_IO_PENDING) => {
                // SAFETY: made by a `Box`, and there is no request.
                drop(unsafe { Box::from_raw(request) });
                Err(error)
            }
            _ => Ok(Poll { driver, request }),
        }
    }

    pub(super) fn handle(&self) -> HANDLE {
        self.driver.as_raw_handle()
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        // SAFETY: the request is cancelled by the address that it was made with. Where it has ended there is nothing to
        // cancel.
        unsafe { CancelIoEx(self.handle(), &raw const (*self.request).overlapped) };
        // Where other code has closed the handle nobody can tell when the driver is done, and the memory stays.
        if wait_for(&self.driver, INFINITE) {
            // SAFETY: made by a `Box`, and the handle is signalled when the driver touches the memory no more.
            drop(unsafe { Box::from_raw(self.request) });
        }
    }
}

/// Returns the socket as the driver knows it: providers may stand in between, which have handles of their own.
fn base_of(socket: BorrowedSocket<'_>) -> io::Result<HANDLE> {
    let mut base: HANDLE = ptr::null_mut();
    let mut written = 0;
    // SAFETY: the pointers are valid for writing a handle and a length, and the call does not outlast this function.
    let failed = unsafe {
        WSAIoctl(
            socket.as_raw_socket().try_into().unwrap_or(0),
            SIO_BASE_HANDLE,
            ptr::null(),
            0,
            (&raw mut base).cast(),
            size(&base),
            &raw mut written,
            ptr::null_mut(),
            None,
        )
    };
    check(BOOL::from(failed == 0))?;
    Ok(base)
}
