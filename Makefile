# Every command of the README, and the ones of a developer's day.
.PHONY: build release install deb check-deb demo test unit faults lint fmt install-deps bench clean

PREFIX ?= /usr/local
DESTDIR ?=

build:            ## debug build
	swift build

release:          ## the binary that users install, Swift's runtime linked in: .build/release/rekindle
	swift build -c release --static-swift-stdlib --product rekindle

install:          ## what `make release` built, with manual, completions, playbooks and docs; PREFIX=/usr/local DESTDIR=
	packaging/install .build/release/rekindle "$(PREFIX)" "$(DESTDIR)"

deb: release      ## the same as a Debian package, in .build/deb
	packaging/deb .build/release/rekindle .build/deb

check-deb: deb    ## lintian, and the package installed on a fresh Debian 12 without Swift; as root
	packaging/check .build/deb/rekindle_*.deb

install-deps:     ## what building, the lab and the tests need on Debian 12
	lab/prepare

demo:             ## a real cluster is lost and restored, on this machine
	lab/demo

test:             ## everything: lint, unit tests, and the lab where it can run
	lab/test

unit:             ## tests without the lab
	swift test --skip LabTests

faults:           ## every fault at every step of a restore, in the lab; prints the table (over an hour)
	lab/faults

lint:
	swift format lint --strict -r Sources Tests Package.swift

fmt:
	swift format -i -r Sources Tests Package.swift

bench:            ## the same restore by Rekindle and by hand-written scripts; memory
	bench/restore
	bench/memory

clean:
	rm -rf .build
