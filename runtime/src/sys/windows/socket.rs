//! Whether a socket is ready: `IOCTL_AFD_POLL`, the request to the driver of sockets by which `WSAPoll` and `select` look.
//!
//! `WSAPoll` sleeps on sockets alone, and on no event. `WSAEventSelect` has one event for a socket, and takes the one of the thread
//! away that has asked before; and it makes the socket non-blocking. The request has neither fault: any number of threads
//! may wait for one socket, and what is ready already is told at once. It is not in the API's documentation, but what mio, `polling`
//! and libuv wait by. As mio does, this sends it to a handle of the driver that belongs to no socket: a socket that was not opened
//! for overlapped requests would block the thread in the request itself, where no event reaches it.

use std::ffi::c_void;
use std::io;
use std::os::windows::io::{
    AsHandle, AsRawHandle, AsRawSocket, AsSocket, BorrowedSocket, FromRawHandle, OwnedHandle,
};
use std::ptr;

use windows_sys::Wdk::Foundation::OBJECT_ATTRIBUTES;
use windows_sys::Wdk::Storage::FileSystem::{FILE_OPEN, NtCreateFile};
use windows_sys::Wdk::System::IO::NtDeviceIoControlFile;
use windows_sys::Win32::Foundation::{
    HANDLE, NTSTATUS, RtlNtStatusToDosError, UNICODE_STRING, WAIT_OBJECT_0,
};
use windows_sys::Win32::Networking::WinSock::{SIO_BASE_HANDLE, WSAIoctl};
use windows_sys::Win32::Storage::FileSystem::{FILE_SHARE_READ, FILE_SHARE_WRITE, SYNCHRONIZE};
use windows_sys::Win32::System::IO::{CancelIoEx, IO_STATUS_BLOCK, OVERLAPPED};
use windows_sys::Win32::System::Threading::{INFINITE, WaitForSingleObject};

use super::event::Event;
use super::wait::{Armed, Source};
use crate::sys::Interest;

const IOCTL_AFD_POLL: u32 = 0x1_2024;

// What may have happened to a socket: data, a connection to accept; the end of what the other side sends; a connection that was reset
// or not made; the socket is closed here.
const RECEIVE: u32 = 0x1;
const ACCEPT: u32 = 0x80;
const SEND: u32 = 0x4;
const DISCONNECT: u32 = 0x8;
const ABORT: u32 = 0x10;
const LOCAL_CLOSE: u32 = 0x20;
const CONNECT_FAIL: u32 = 0x100;

/// `AFD_POLL_HANDLE_INFO`.
#[repr(C)]
#[derive(Debug)]
struct OfHandle {
    handle: HANDLE,
    events: u32,
    status: i32,
}

/// `AFD_POLL_INFO`, for one socket.
#[repr(C)]
#[derive(Debug)]
struct Info {
    timeout: i64,
    count: u32,
    exclusive: u32,
    handle: OfHandle,
}

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
        Poll::begin(self.socket, wanted | ABORT | LOCAL_CLOSE).map(Armed::polling)
    }

    fn is_ours(&self) -> bool {
        false
    }
}

/// A request that is under way, until this is dropped.
#[derive(Debug)]
pub(super) struct Poll {
    /// The driver, opened for this request alone.
    driver: OwnedHandle,
    /// Signalled when the request is done.
    done: Event,
    /// What the driver reads and writes while the request is under way. Nobody else touches it, and it does not move.
    shared: *mut Shared,
}

/// `OVERLAPPED` begins with the `IO_STATUS_BLOCK` in which the driver says how the request has ended.
#[repr(C)]
struct Shared {
    overlapped: OVERLAPPED,
    info: Info,
}

impl Poll {
    fn begin(socket: BorrowedSocket<'_>, events: u32) -> io::Result<Self> {
        let handle = base_of(socket)?;
        let driver = open_driver()?;
        let done = Event::new()?;
        let shared = Box::into_raw(Box::new(Shared {
            overlapped: OVERLAPPED::default(),
            info: Info {
                timeout: i64::MAX,
                count: 1,
                exclusive: 0,
                handle: OfHandle {
                    handle,
                    events,
                    status: 0,
                },
            },
        }));
        // Made before the request, so that the memory is freed also where this returns early.
        let poll = Poll {
            driver,
            done,
            shared,
        };
        // SAFETY: the memory is valid for the request until `drop` has seen its end, and the driver takes the same buffer for what it
        // reads and writes.
        let status = unsafe {
            let info: *mut c_void = (&raw mut (*shared).info).cast();
            NtDeviceIoControlFile(
                poll.driver.as_raw_handle(),
                poll.handle(),
                None,
                ptr::null(),
                shared.cast(),
                IOCTL_AFD_POLL,
                info,
                size::<Info>(),
                info,
                size::<Info>(),
            )
        };
        if status < 0 {
            // There is no request whose end `drop` could wait for.
            poll.done.set();
            return Err(error_of(status));
        }
        Ok(poll)
    }

    pub(super) fn handle(&self) -> HANDLE {
        self.done.as_handle().as_raw_handle()
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        // SAFETY: the request is cancelled by the address that it was made with. Where it has ended meanwhile there is nothing to cancel.
        let is_over = unsafe {
            WaitForSingleObject(self.handle(), 0) == WAIT_OBJECT_0 || {
                CancelIoEx(self.driver.as_raw_handle(), self.shared.cast());
                WaitForSingleObject(self.handle(), INFINITE) == WAIT_OBJECT_0
            }
        };
        // Where other code has closed the event nobody can tell when the driver is done, and the memory stays.
        if is_over {
            // SAFETY: made by a `Box`, and the driver sets the event when it touches the memory no more.
            drop(unsafe { Box::from_raw(self.shared) });
        }
    }
}

/// Opens the driver of sockets.
fn open_driver() -> io::Result<OwnedHandle> {
    // What comes behind the driver's name only has to be there.
    let mut name: Vec<u16> = r"\Device\Afd\Aplomb".encode_utf16().collect();
    let bytes = u16::try_from(size_of_val(&*name)).unwrap_or(0);
    let name = UNICODE_STRING {
        Length: bytes,
        MaximumLength: bytes,
        Buffer: name.as_mut_ptr(),
    };
    let attributes = OBJECT_ATTRIBUTES {
        Length: size::<OBJECT_ATTRIBUTES>(),
        ObjectName: &raw const name,
        ..OBJECT_ATTRIBUTES::default()
    };
    let mut driver: HANDLE = ptr::null_mut();
    let mut status_block = IO_STATUS_BLOCK::default();
    // SAFETY: the pointers are valid for the call: the name and what it points to live to the end of this function, and both places
    // that are written to are ours. Without FILE_SYNCHRONOUS_IO_NONALERT in the options, requests do not block.
    let status = unsafe {
        NtCreateFile(
            &raw mut driver,
            SYNCHRONIZE,
            &raw const attributes,
            &raw mut status_block,
            ptr::null(),
            0,
            FILE_SHARE_READ | FILE_SHARE_WRITE,
            FILE_OPEN,
            0,
            ptr::null(),
            0,
        )
    };
    if status < 0 {
        return Err(error_of(status));
    }
    // SAFETY: the call above has just made this handle, and nobody else has it.
    Ok(unsafe { OwnedHandle::from_raw_handle(driver) })
}

/// Returns the size of a type as the system counts it.
fn size<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(0)
}

fn error_of(status: NTSTATUS) -> io::Error {
    // SAFETY: takes an integer.
    let error = unsafe { RtlNtStatusToDosError(status) };
    io::Error::from_raw_os_error(i32::try_from(error).unwrap_or(i32::MAX))
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
            size::<HANDLE>(),
            &raw mut written,
            ptr::null_mut(),
            None,
        )
    };
    if failed != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(base)
}
