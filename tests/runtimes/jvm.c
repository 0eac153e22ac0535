// A Java virtual machine in the process.

#include <jni.h>
#include <stdio.h>
#include <stdlib.h>

void begin(const char *option)
{
    JavaVMOption options[] = {{(char *)option, NULL}};
    JavaVMInitArgs arguments = {JNI_VERSION_1_8, option[0] ? 1 : 0, options, JNI_FALSE};
    JavaVM *machine;
    JNIEnv *environment;
    if (JNI_CreateJavaVM(&machine, (void **)&environment, &arguments) != JNI_OK) {
        fprintf(stderr, "there is no virtual machine\n");
        exit(70);
    }
}
