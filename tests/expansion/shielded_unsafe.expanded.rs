unsafe extern "C" fn on_event(event: *const Event) {
    match ::aplomb::shield("on_event") {
        _shield => {
            queue(event);
        }
    }
}
