module dse/engine/providers/upstream

go 1.25.7
