//! An app of threads with a log that is to be complete.

crate::script::appender::app_with_a_log!(, |shutdown| shutdown.wait());
