package checkup

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fold gives names that people take for the same the same form: small letters,
// ordinary characters for full-width ones, no punctuation, no blanks, 其它 for 其他.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= 0xFF01 && r <= 0xFF5E {
			r -= 0xFEE0
		}
		r = unicode.ToLower(r)
		if r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) {
			return -1
		}
		return r
	}, s)
	return strings.ReplaceAll(s, "其它", "其他")
}

// generic are words at the end of a name that say that something is applied
// for, and nothing about what.
var generic = []string{"审批", "许可", "核准", "核发", "审核", "批准", "办理", "申请", "申报", "发放", "服务", "事项", "的"}

// coreOf is a folded name without the generic words at its end.
func coreOf(folded string) string {
	for {
		rest := folded
		for _, w := range generic {
			rest = strings.TrimSuffix(rest, w)
		}
		if rest == "" {
			return folded
		}
		if rest == folded {
			return rest
		}
		folded = rest
	}
}

// telling are words that make two otherwise alike names two different things.
var telling = func() []string {
	list := strings.Fields(`设立 新办 新设 首次 变更 修改 注销 取消 延续 续期 延期 补发 补办 补领 换发 换领 换证 遗失 撤销 撤回 恢复 中止 终止 解除 暂停
		转入 转出 迁入 迁出 迁移 转移 接续 备案 登记 认定 确认 鉴定 奖励 裁决 给付 查询 咨询 打印 报告 公示 初审 复审 复核 年检 年审 注册 登录 考核 培训
		个人 自然人 单位 企业 法人 居民 职工 城镇 农村 城乡 家庭 团体 个体 机关 事业 国家 国有 集体 私营 民办 公办 外国 境外 境内 国内 国际 港澳 台湾
		进口 出口 入境 出境 生产 经营 销售 批发 零售 使用 运输 储存 购买 制造 加工 维修 安装 改造 新建 改建 扩建 拆除 迁建 建设 临时 永久 长期 短期 普通 特殊
		初级 中级 高级 省 市 县 区 乡 镇 村 部 州 甲 乙 丙 丁 男 女 新 旧 前 后 上 下 左 右 内 外 东 南 西 北 大 中 小 水 陆 空 海 河 火 电 气
		分 总 子 未 不 非 无 停业 歇业 复业 年度 季度 专项 期满 抵押 采矿 探矿 旅客 货物 客运 货运 即办 承诺 补评 复评
		生育 失业 工伤 养老 医疗 死亡 出生 幼儿 小学 初中 高中 中学 大学 教师 学生 医师 护士 药师 律师 公证 儿童 老年 残疾 军人 烈士 孤儿`)
	slices.SortFunc(list, func(a, b string) int { return len(b) - len(a) })
	return list
}()

// byFirst holds the telling words by their first character, the longest first.
var byFirst = func() map[rune][]string {
	m := map[rune][]string{}
	for _, w := range telling {
		r, _ := utf8.DecodeRuneInString(w)
		m[r] = append(m[r], w)
	}
	return m
}()

// numerals are characters that count.
const numerals = "一二三四五六七八九十百千万两半零首末"

// marksOf lists, in order of themselves, the telling words, numbers and Latin
// letters of a folded name. Names with different marks are never alike.
func marksOf(folded string) string {
	var marks []string
	for i := 0; i < len(folded); {
		r, size := utf8.DecodeRuneInString(folded[i:])
		j := slices.IndexFunc(byFirst[r], func(w string) bool { return strings.HasPrefix(folded[i:], w) })
		switch {
		case j >= 0:
			w := byFirst[r][j]
			marks = append(marks, w)
			size = len(w)
		case r < 0x2E80 || strings.ContainsRune(numerals, r):
			marks = append(marks, string(r))
		}
		i += size
	}
	slices.Sort(marks)
	return strings.Join(marks, " ")
}

// copyWords are what a name of a document says about its copy, not about itself.
var copyWords = []string{"原件", "复印件", "扫描件", "电子件", "正本", "副本", "正副本", "原件及复印件", "原件和复印件", "示范", "样本"}

// documentOf is the name of a document, folded, without what is said of copies.
func documentOf(name string) string {
	s := fold(name)
	for {
		rest := s
		for _, w := range copyWords {
			rest = strings.TrimSuffix(rest, w)
		}
		rest = strings.TrimSuffix(strings.TrimSuffix(rest, "及"), "和")
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, "申请人"), "本人")
		if rest == "" || rest == s {
			return s
		}
		s = rest
	}
}
