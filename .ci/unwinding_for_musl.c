/* What Debian's libgcc_eh, which was made for glibc, misses in musl. */
#define _GNU_SOURCE
#include <link.h>
#include <pthread.h>

/* It calls these by weak references, which bring nothing from a static library. */
__attribute__((used)) static void *const functions[] = {
    pthread_once,        pthread_key_create, pthread_getspecific,
    pthread_setspecific, pthread_mutex_lock, pthread_mutex_unlock,
};

/* glibc's `struct dl_find_object`. */
struct object {
    unsigned long long flags;
    void *start, *end, *map, *eh_frame;
    unsigned long long reserved[7];
};

struct search {
    ElfW(Addr) address;
    struct object *object;
};

static int look(struct dl_phdr_info *info, size_t size, void *data) {
    struct search *search = data;
    void *eh_frame = 0;
    int is_in = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        ElfW(Addr) start = info->dlpi_addr + header->p_vaddr;
        if (header->p_type == PT_GNU_EH_FRAME)
            eh_frame = (void *)start;
        if (header->p_type == PT_LOAD && search->address - start < header->p_memsz) {
            is_in = 1;
            search->object->start = (void *)start;
            search->object->end = (void *)(start + header->p_memsz);
        }
    }
    if (!is_in || !eh_frame)
        return 0;
    search->object->eh_frame = eh_frame;
    return 1;
}

/* Finds the tables of the code at this address; only glibc has it. */
int _dl_find_object(void *address, struct object *object) {
    struct search search = {(ElfW(Addr))address, object};
    return dl_iterate_phdr(look, &search) == 1 ? 0 : -1;
}
