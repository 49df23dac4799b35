// The table of the page goes into the program as it is.
    .section .rodata, "a", @progbits
    .global scheduler_server_words
    .type scheduler_server_words, @object
scheduler_server_words:
    .incbin SERVER_WORDS
    .size scheduler_server_words, . - scheduler_server_words
    .global scheduler_server_words_end
scheduler_server_words_end:
    .section .note.GNU-stack, "", @progbits
