#[shielded]
unsafe extern "C" fn on_event(event: *const Event) {
    queue(event);
}
