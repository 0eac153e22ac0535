//! An async app with a log that is to be complete.

crate::script::appender::app_with_a_log!(async, |shutdown| shutdown.cancelled().await);
