//! What Windows' loader looks at in an executable.

use object::pe;
use object::read::pe::{ImageNtHeaders as _, ImageOptionalHeader as _, PeFile64};
use object::{Object as _, ObjectSection as _};

/// What every Windows since the oldest one that programs run on has, and Wine.
const SYSTEM_LIBRARIES: [&str; 7] = [
    "kernel32.dll",
    "ntdll.dll",
    "ws2_32.dll",
    "bcrypt.dll",
    "bcryptprimitives.dll",
    "userenv.dll",
    "ucrtbase.dll",
];

/// The same, one for each group of functions.
const SYSTEM_SETS: &str = "api-ms-win-";

pub struct Image<'a> {
    file: PeFile64<'a>,
}

impl<'a> Image<'a> {
    pub fn parse(bytes: &'a [u8]) -> Image<'a> {
        Image {
            file: PeFile64::parse(bytes).unwrap(),
        }
    }

    pub fn expect_headers(&self, name: &str) {
        let headers = self.file.nt_headers();
        let machine = headers.file_header().machine.get(object::LittleEndian);
        assert_eq!(machine, pe::IMAGE_FILE_MACHINE_AMD64, "{name}");
        let optional = headers.optional_header();
        assert_eq!(
            optional.subsystem(),
            pe::IMAGE_SUBSYSTEM_WINDOWS_CUI,
            "{name}"
        );
        // The loader puts it at any address, and no data is code.
        let kinds = pe::IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE
            | pe::IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA
            | pe::IMAGE_DLLCHARACTERISTICS_NX_COMPAT;
        let found = optional.dll_characteristics();
        assert_eq!(found & kinds, kinds, "{name}");
        let both = pe::IMAGE_SCN_MEM_WRITE | pe::IMAGE_SCN_MEM_EXECUTE;
        for section in self.file.sections() {
            let object::SectionFlags::Coff { characteristics } = section.flags() else {
                panic!("{name}: a section of another format");
            };
            let section = section.name().unwrap();
            assert_ne!(characteristics & both, both, "{name} {section}");
        }
    }

    pub fn expect_only_system_libraries(&self, name: &str) {
        let table = self.file.import_table().unwrap().unwrap();
        let mut descriptors = table.descriptors().unwrap();
        let mut count = 0;
        while let Some(descriptor) = descriptors.next().unwrap() {
            let at = descriptor.name.get(object::LittleEndian);
            let library = String::from_utf8_lossy(table.name(at).unwrap()).to_lowercase();
            let known = SYSTEM_LIBRARIES.contains(&library.as_str());
            assert!(
                known || library.starts_with(SYSTEM_SETS),
                "{name}: {library}"
            );
            count += 1;
        }
        assert!(count > 0, "{name}");
    }

    pub fn has_section(&self, name: &str) -> bool {
        self.file.section_by_name(name).is_some()
    }

    pub fn symbols(&self) -> usize {
        self.file.symbols().count()
    }
}
