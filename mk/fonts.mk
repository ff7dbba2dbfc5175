# The font of printed papers and licences: Noto Sans SC (OFL), from npm at build
# time, never committed. The file carries its licence in its name table.
FONT := internal/web/ui/fonts/NotoSansSC-Regular.ttf
FONT_PACKAGE := @expo-google-fonts/noto-sans-sc@0.4.3

.PHONY: fonts
fonts: $(FONT)

$(FONT):
	mkdir -p .build/fonts $(@D)
	cd .build/fonts && npm pack --silent $(FONT_PACKAGE) && tar -xzf *noto-sans-sc-*.tgz package/400Regular
	cp .build/fonts/package/400Regular/NotoSansSC_400Regular.ttf $@.part
	mv $@.part $@
