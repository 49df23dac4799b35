#error "renamed: include \"rights/actor.h\" and say rights::Role (a namespace access clashes with access() of unistd.h)"
