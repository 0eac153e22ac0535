// A Python interpreter in the process.

#include <Python.h>

void begin(const char *code)
{
    // As `Py_Initialize` does: with Python's own handlers.
    Py_InitializeEx(1);
    if (PyRun_SimpleString(code) != 0)
        exit(70);
    // Other threads may run Python then.
    PyEval_SaveThread();
}
